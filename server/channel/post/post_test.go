package post_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

// refusal is what an error says; nil where there is none.
func refusal(err error) *command.Refusal {
	var r *command.Refusal
	errors.As(err, &r)
	return r
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		header string
		body   string
		want   *command.Refusal
	}{
		"taken":                   {200, "", `{"code":7}`, nil},
		"too many":                {429, "7", ``, &command.Refusal{Again: true, Detail: "http_429", After: 7 * time.Second}},
		"too many, for a year":    {429, "31536000", ``, &command.Refusal{Again: true, Detail: "http_429", After: time.Hour}},
		"too many, no word when":  {429, "soon", ``, &command.Refusal{Again: true, Detail: "http_429"}},
		"too many, back in time":  {429, "-5", ``, &command.Refusal{Again: true, Detail: "http_429"}},
		"ill":                     {503, "2", `{"code":7}`, &command.Refusal{Again: true, Detail: "http_503", After: 2 * time.Second}},
		"refused":                 {403, "9", `{"code":7}`, &command.Refusal{Detail: "http_403"}},
		"sent elsewhere":          {302, "", ``, &command.Refusal{Detail: "http_302"}},
		"a page instead of JSON":  {200, "", `<html>`, &command.Refusal{Detail: "unreadable"}},
		"an answer of nothing":    {200, "", ``, &command.Refusal{Detail: "unreadable"}},
		"an answer without bound": {200, "", `{"code":"` + string(make([]byte, 1<<20)) + `"}`, &command.Refusal{Detail: "unreadable"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				w.Header().Set("Retry-After", tt.header)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			var answer struct{ Code int }
			got := post.New().JSON(t.Context(), server.URL, map[string]string{"a": "b"}, &answer)
			if !reflect.DeepEqual(refusal(got), tt.want) || asked != 1 {
				t.Errorf("status %d: %v after %d requests, want %v after one", tt.status, got, asked, tt.want)
			}
			if tt.status == 403 && answer.Code != 7 {
				t.Errorf("the refusal's own code is %d, want 7", answer.Code)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if got := post.New().JSON(t.Context(), server.URL+"/?access_token=s3cret", nil, nil); !reflect.DeepEqual(refusal(got), &command.Refusal{Again: true, Detail: "no_connection"}) {
		t.Errorf("a closed port: %v, want again without the address", got)
	}
	if got := post.New().JSON(t.Context(), "://s3cret", nil, nil); !reflect.DeepEqual(refusal(got), &command.Refusal{Detail: "bad_url"}) {
		t.Errorf("no address: %v, want failed without it", got)
	}
}

func TestACertificateThatIsNotKnown(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	if got := post.New().JSON(t.Context(), server.URL, nil, nil); !reflect.DeepEqual(refusal(got), &command.Refusal{Again: true, Detail: "no_connection"}) {
		t.Errorf("a provider of unknown certificate: %v, want again", got)
	}
}

func TestARetryAtADate(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 28, 12, 0, 0, 0, time.UTC)
	h := http.Header{"Retry-After": {now.Add(90 * time.Second).Format(http.TimeFormat)}}
	if got := post.RetryAfter(h, now); got != 90*time.Second {
		t.Errorf("in 90 s by date: %s", got)
	}
}

func TestAWordHoldsNoSentence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ code, want string }{
		"a code":           {"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_NUMBER_ILLEGAL"},
		"nothing":          {"", "refused"},
		"Chinese":          {"号码错误", "refused"},
		"without a bound":  {string(make([]byte, 99)) + "a", "a"},
		"a break in a log": {"a\nb", "ab"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := post.Word(tt.code); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.code, got, tt.want)
			}
		})
	}
}
