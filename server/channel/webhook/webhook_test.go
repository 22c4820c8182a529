package webhook_test

import (
	"net/http"
	"testing"
	"time"

	"citydeck/server/channel/webhook"
)

func TestOnlyWhatWasSignedLatelyIsTaken(t *testing.T) {
	t.Parallel()
	const secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", `{"test": 2432232314}`
	at := time.Unix(1614265330, 0) // the standard's own example
	signed := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	tests := map[string]struct {
		secret, body, signature string
		now                     time.Time
		want                    bool
	}{
		"as it was signed":        {secret, body, signed, at, true},
		"with an older key's too": {secret, body, "v1,AAAA " + signed, at, true},
		"another body":            {secret, body + " ", signed, at, false},
		"another secret":          {"whsec_YQ==", body, signed, at, false},
		"no secret":               {"", body, signed, at, false},
		"too late":                {secret, body, signed, at.Add(6 * time.Minute), false},
		"unsigned":                {secret, body, "", at, false},
	}
	for name, tt := range tests {
		h := http.Header{}
		h.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
		h.Set("webhook-timestamp", "1614265330")
		h.Set("webhook-signature", tt.signature)
		if _, good := webhook.Verify(tt.secret, h, []byte(tt.body), tt.now); good != tt.want {
			t.Errorf("%s: taken = %v", name, good)
		}
	}
}
