package voice_test

import (
	"errors"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/aliyun/aliyuntest"
	"citydeck/server/channel/post/posttest"
	"citydeck/server/channel/voice"
)

func letter(phone string) *command.Letter {
	return &command.Letter{
		Message: command.Message{ID: "c1-m7", To: "h1", Channel: "voice"},
		To:      command.Recipient{ID: "h1", Address: phone, Zh: "请立即撤离", En: "Leave now"},
	}
}

func TestACall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		phone string
		set   func(*aliyuntest.Server)
		want  *command.Refusal // nil: taken
	}{
		"taken":               {"13800000000", func(*aliyuntest.Server) {}, nil},
		"nowhere to call":     {"", func(*aliyuntest.Server) {}, &command.Refusal{Detail: "no_address"}},
		"no such number":      {"13800000000", func(s *aliyuntest.Server) { s.Illegal = []string{"13800000000"} }, &command.Refusal{Detail: "isv.MOBILE_NUMBER_ILLEGAL"}},
		"the gateway is down": {"13800000000", func(s *aliyuntest.Server) { s.Always(posttest.Act{Status: 503}) }, &command.Refusal{Again: true, Detail: "http_503"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := aliyuntest.New()
			defer fake.Close()
			tt.set(fake)
			channel := voice.New(voice.Config{URL: fake.URL, Key: aliyuntest.Key, Secret: aliyuntest.Secret, Template: "TTS_1", ShownNumber: "057100000000"})
			err := channel.Send(t.Context(), letter(tt.phone))
			var got *command.Refusal
			if errors.As(err, &got) != (tt.want != nil) || got != nil && *got != *tt.want {
				t.Fatalf("calling: %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				return
			}
			for name, want := range map[string]string{
				"Action": "SingleCallByTts", "CalledNumber": "13800000000", "CalledShowNumber": "057100000000",
				"TtsCode": "TTS_1", "TtsParam": `{"text":"请立即撤离"}`, "PlayTimes": "2", "OutId": "c1-m7",
			} {
				if got := fake.Taken()[0].Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}
