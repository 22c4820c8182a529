// Package dingtalktest is a fake of DingTalk's robots and work notices that verifies signatures and keeps limits.
package dingtalktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"citydeck/server/channel/post/posttest"
)

// Whom the fake knows.
const (
	Secret = "this is secret"
	Key    = "key"
)

// Server is the fake: /robot/send with any access_token, and work notices.
type Server struct {
	*httptest.Server
	posttest.Trouble

	mu      sync.Mutex
	token   string                    // guarded by mu
	limits  map[string]*posttest.Fast // guarded by mu, by robot
	punish  map[string]time.Time      // guarded by mu
	said    []string                  // guarded by mu
	notices []map[string]any          // guarded by mu
}

// New starts a fake; the caller closes it.
func New() *Server {
	s := &Server{token: "t1", limits: map[string]*posttest.Fast{}, punish: map[string]time.Time{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /robot/send", s.robot)
	mux.HandleFunc("GET /gettoken", s.gettoken)
	mux.HandleFunc("POST /topapi/message/corpconversation/asyncsend_v2", s.work)
	s.Server = httptest.NewServer(s.Before(mux))
	return s
}

// Robot is the address of one of its robots.
func (s *Server) Robot(token string) string { return s.URL + "/robot/send?access_token=" + token }

// Expire ends the token that is out.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token += "x"
}

// Said lists what robots said.
func (s *Server) Said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said)
}

// Notices lists the work notices.
func (s *Server) Notices() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notices)
}

func answer(w http.ResponseWriter, code int, more map[string]any) {
	out := map[string]any{"errcode": code, "errmsg": "said"}
	for k, v := range more {
		out[k] = v
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (s *Server) robot(w http.ResponseWriter, r *http.Request) {
	q, now := r.URL.Query(), time.Now()
	mac := hmac.New(sha256.New, []byte(Secret))
	mac.Write([]byte(q.Get("timestamp") + "\n" + Secret))
	signed := hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(q.Get("sign")))
	if !signed || now.Sub(posttest.Milliseconds(q.Get("timestamp"))).Abs() > time.Hour {
		answer(w, 310000, nil)
		return
	}
	var body struct {
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Type != "text" || body.Text.Content == "" {
		answer(w, 40035, nil)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := q.Get("access_token")
	if s.limits[id] == nil {
		s.limits[id] = &posttest.Fast{Most: 20, Span: time.Minute}
	}
	if now.Before(s.punish[id]) || !s.limits[id].Takes(now) {
		s.punish[id] = now.Add(10 * time.Minute)
		answer(w, 130101, map[string]any{"status": 1111, "wait": 5, "punish": "deny"})
		return
	}
	s.said = append(s.said, body.Text.Content)
	answer(w, 0, nil)
}

func (s *Server) gettoken(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("appkey") != Key || r.URL.Query().Get("appsecret") != Secret {
		answer(w, 40089, nil)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer(w, 0, map[string]any{"access_token": s.token, "expires_in": 7200})
}

func (s *Server) work(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body map[string]any
	switch {
	case r.URL.Query().Get("access_token") != s.token:
		answer(w, 40014, nil)
	case json.NewDecoder(r.Body).Decode(&body) != nil || body["userid_list"] == "" || body["agent_id"] != 7.0:
		answer(w, 33012, nil)
	default:
		s.notices = append(s.notices, body)
		answer(w, 0, map[string]any{"task_id": len(s.notices)})
	}
}
