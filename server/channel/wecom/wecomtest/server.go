// Package wecomtest is a fake of WeCom's group robots that knows one key and keeps limits.
package wecomtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"citydeck/server/channel/post/posttest"
)

// Key is the robot's.
const Key = "693axxx6"

// Server is the fake.
type Server struct {
	*httptest.Server
	posttest.Trouble
	Limit posttest.Fast
	Last  chan string // the text and whom it mentions
}

// New starts a fake; the caller closes it.
func New() *Server {
	s := &Server{Limit: posttest.Fast{Most: 20, Span: time.Minute}, Last: make(chan string, 1000)}
	s.Server = httptest.NewServer(s.Before(http.HandlerFunc(s.serve)))
	return s
}

// Robot is the address of a robot by its key.
func (s *Server) Robot(key string) string { return s.URL + "/cgi-bin/webhook/send?key=" + key }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Type string `json:"msgtype"`
		Text struct {
			Content   string   `json:"content"`
			Mentioned []string `json:"mentioned_list"`
		} `json:"text"`
	}
	code := 0
	switch {
	case r.URL.Query().Get("key") != Key:
		code = 93000
	case json.NewDecoder(r.Body).Decode(&body) != nil || body.Type != "text" || body.Text.Content == "" || len(body.Text.Content) > 2048:
		code = 40058
	case !s.Limit.Takes(time.Now()):
		code = 45009
	default:
		s.Last <- fmt.Sprint(body.Text.Content, body.Text.Mentioned)
	}
	fmt.Fprintf(w, `{"errcode":%d,"errmsg":"said"}`, code)
}
