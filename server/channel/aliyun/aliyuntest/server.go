// Package aliyuntest is a fake of Aliyun's SMS and voice services that verifies signatures and keeps limits.
package aliyuntest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // as the service signs
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"citydeck/server/channel/post/posttest"
)

// Who the fake knows.
const (
	Key    = "testId"
	Secret = "testSecret"
)

// Server is the fake. Its answers to what is wrong are the service's codes.
type Server struct {
	*httptest.Server
	posttest.Trouble
	Limit   posttest.Fast
	Illegal []string // numbers that don't exist

	mu     sync.Mutex
	nonces map[string]bool // guarded by mu
	taken  []url.Values    // guarded by mu
}

// New starts a fake; the caller closes it.
func New() *Server {
	s := &Server{nonces: map[string]bool{}}
	s.Server = httptest.NewServer(s.Before(http.HandlerFunc(s.serve)))
	return s
}

// Taken lists what was taken, in order.
func (s *Server) Taken() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

// Distinct counts the messages that were taken: a repeat has the OutId of the first.
func (s *Server) Distinct() int {
	ids := map[string]bool{}
	for _, v := range s.Taken() {
		ids[v.Get("OutId")] = true
	}
	return len(ids)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	status, code := s.judge(r)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{
		"Code": code, "Message": code + " 13800000000", "BizId": "b1", "CallId": "c1", "RequestId": "r1",
	})
}

// needs lists what each action can't do without.
func needs(action string) []string {
	return map[string][]string{
		"SendSms":         {"PhoneNumbers", "SignName", "TemplateCode", "TemplateParam"},
		"SingleCallByTts": {"CalledNumber", "CalledShowNumber", "TtsCode", "TtsParam", "PlayTimes"},
	}[action]
}

func (s *Server) judge(r *http.Request) (status int, code string) {
	if r.ParseForm() != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" {
		return http.StatusBadRequest, "InvalidParameter"
	}
	f := r.PostForm
	at, err := time.Parse("2006-01-02T15:04:05Z", f.Get("Timestamp"))
	switch {
	case f.Get("AccessKeyId") != Key:
		return http.StatusNotFound, "InvalidAccessKeyId.NotFound"
	case !hmac.Equal([]byte(f.Get("Signature")), []byte(signature(f))):
		return http.StatusBadRequest, "SignatureDoesNotMatch"
	case err != nil || time.Since(at).Abs() > 15*time.Minute:
		return http.StatusBadRequest, "InvalidTimeStamp.Expired"
	case f.Get("Version") != "2017-05-25" || needs(f.Get("Action")) == nil:
		return http.StatusBadRequest, "InvalidAction.NotFound"
	}
	for _, name := range needs(f.Get("Action")) {
		if f.Get(name) == "" {
			return http.StatusBadRequest, "Missing" + name
		}
	}
	var text map[string]string
	if json.Unmarshal([]byte(f.Get("TemplateParam")+f.Get("TtsParam")), &text) != nil || text["text"] == "" {
		return http.StatusOK, "isv.INVALID_JSON_PARAM"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.nonces[f.Get("SignatureNonce")] || f.Get("SignatureNonce") == "":
		return http.StatusBadRequest, "SignatureNonceUsed"
	case slices.Contains(s.Illegal, f.Get("PhoneNumbers")+f.Get("CalledNumber")):
		return http.StatusOK, "isv.MOBILE_NUMBER_ILLEGAL"
	case !s.Limit.Takes(time.Now()):
		return http.StatusOK, "isv.BUSINESS_LIMIT_CONTROL"
	}
	s.nonces[f.Get("SignatureNonce")] = true
	s.taken = append(s.taken, f)
	return http.StatusOK, "OK"
}

// signature is written apart from the one it judges.
func signature(form url.Values) string {
	var pairs []string
	for name, values := range form {
		if name != "Signature" {
			pairs = append(pairs, bytewise(name)+"="+bytewise(values[0]))
		}
	}
	slices.Sort(pairs)
	mac := hmac.New(sha1.New, []byte(Secret+"&"))
	fmt.Fprintf(mac, "POST&%%2F&%s", bytewise(strings.Join(pairs, "&")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func bytewise(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-_.~", b) >= 0 {
			out.WriteByte(b)
			continue
		}
		fmt.Fprintf(&out, "%%%02X", b)
	}
	return out.String()
}
