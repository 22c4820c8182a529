// Package feishutest is a fake of Feishu's group robots that verifies signatures and keeps limits.
package feishutest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"citydeck/server/channel/post/posttest"
)

// Secret is the robot's.
const Secret = "this is secret"

// Server is the fake; its address is the robot's.
type Server struct {
	*httptest.Server
	posttest.Trouble
	Limit posttest.Fast
	Burst posttest.Fast
	Said  chan string
}

// New starts a fake; the caller closes it.
func New() *Server {
	s := &Server{Limit: posttest.Fast{Most: 100, Span: time.Minute}, Burst: posttest.Fast{Most: 5, Span: time.Second}, Said: make(chan string, 1000)}
	s.Server = httptest.NewServer(s.Before(http.HandlerFunc(s.serve)))
	return s
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Timestamp, Sign string
		Type            string `json:"msg_type"`
		Content         struct{ Text string }
	}
	err := json.NewDecoder(r.Body).Decode(&body)
	mac := hmac.New(sha256.New, []byte(body.Timestamp+"\n"+Secret))
	at, _ := strconv.ParseInt(body.Timestamp, 10, 64)
	code := 0
	switch {
	case err != nil || body.Type != "text" || body.Content.Text == "":
		code = 9499
	case !hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(body.Sign)) || time.Since(time.Unix(at, 0)).Abs() > time.Hour:
		code = 19021
	case !s.Limit.Takes(time.Now()) || !s.Burst.Takes(time.Now()):
		code = 11232
	default:
		s.Said <- body.Content.Text
	}
	fmt.Fprintf(w, `{"code":%d,"msg":"said","data":{}}`, code)
}
