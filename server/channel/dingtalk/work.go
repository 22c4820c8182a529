package dingtalk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

// WorkConfig is whom it asks, and in whose name.
type WorkConfig struct {
	URL, Key, Secret string
	AgentID          string // a whole number
}

// Work is the way by work notice 工作通知 to one person.
type Work struct {
	cfg    WorkConfig
	poster *post.Poster

	mu    sync.Mutex
	token string    // guarded by mu
	until time.Time // guarded by mu
}

// NewWork makes the channel.
func NewWork(cfg WorkConfig) *Work {
	cfg.URL = strings.TrimSuffix(cfg.URL, "/")
	return &Work{cfg: cfg, poster: post.New()}
}

// Send asks once for a notice to the user of its address. Its error is a *command.Refusal.
func (w *Work) Send(ctx context.Context, l *command.Letter) error {
	if l.To.Address == "" {
		return post.Failed("no_address")
	}
	agent, err := strconv.ParseInt(w.cfg.AgentID, 10, 64)
	if err != nil {
		return post.Failed("bad_agent_id")
	}
	ctx, cancel := context.WithTimeout(ctx, post.Deadline) // over both requests
	defer cancel()
	token, err := w.access(ctx)
	if err != nil {
		return err
	}
	var answer struct {
		Code *int `json:"errcode"`
	}
	body := map[string]any{"agent_id": agent, "userid_list": l.To.Address, "to_all_user": false, "msg": notice(l)}
	to := w.cfg.URL + "/topapi/message/corpconversation/asyncsend_v2?access_token=" + url.QueryEscape(token)
	if err := w.poster.JSON(ctx, to, body, &answer); err != nil {
		return err
	}
	if answer.Code != nil && (*answer.Code == 40014 || *answer.Code == 42001) { // the token has ended
		w.mu.Lock()
		w.token = ""
		w.mu.Unlock()
		return post.Again(word(*answer.Code), 0)
	}
	return verdict(answer.Code)
}

func notice(l *command.Letter) map[string]any {
	if l.Link == "" {
		return map[string]any{"msgtype": "text", "text": map[string]string{"content": l.Text()}}
	}
	title, _, _ := strings.Cut(l.Text(), "\n")
	return map[string]any{"msgtype": "action_card", "action_card": map[string]string{
		"title": title, "markdown": l.Text(), "single_title": "查看详情", "single_url": l.Link,
	}}
}

// access is a token that is good for a while, the same for all.
func (w *Work) access(ctx context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.token != "" && time.Now().Before(w.until) {
		return w.token, nil
	}
	var answer struct {
		Code    *int   `json:"errcode"`
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"` // seconds
	}
	q := url.Values{"appkey": {w.cfg.Key}, "appsecret": {w.cfg.Secret}}
	if err := w.poster.Ask(ctx, http.MethodGet, w.cfg.URL+"/gettoken?"+q.Encode(), post.Body{}, &answer); err != nil {
		return "", err
	}
	if err := verdict(answer.Code); err != nil {
		return "", err
	}
	w.token, w.until = answer.Token, time.Now().Add(time.Duration(answer.Expires)*time.Second*9/10)
	return w.token, nil
}
