package app_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/app"
	"citydeck/server/channel/aliyun/aliyuntest"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

func TestResidentsAreTextedAndTheProvidersReceiptsAreTaken(t *testing.T) {
	t.Parallel()
	provider := aliyuntest.New()
	t.Cleanup(provider.Close)
	h := newHouse(t, redistest.Start(t).URL(), func(c *config.Config) {
		c.District.Dir = ""
		c.SMS.URL, c.SMS.Key, c.SMS.Secret = provider.URL, aliyuntest.Key, aliyuntest.Secret
		c.SMS.SignName, c.SMS.Template, c.SMS.PerSecond, c.SMS.Callback = "城区", "SMS_1", 1000, hookSecret
	})
	for _, list := range []string{"households", "responders", "shelters"} {
		h.must(app.Errand{Do: "import " + list, Path: shipped(list + ".csv")})
	}
	boss := h.commander("boss")
	press := m{"plan": "road-collapse", "zone": m{"buildings": []string{"潮安苑/1"}}, "exercise": false}
	var seen command.Preview
	if status := h.said(boss, "POST", "/commands/preview", press, &seen); status != http.StatusOK {
		t.Fatalf("the preview: %d", status)
	}
	var view command.View
	if status := h.said(boss, "POST", "/commands", press, &view, "If-Match", `"`+seen.Revision+`"`, "Idempotency-Key", "r"); status != http.StatusCreated {
		t.Fatalf("the launch: %d", status)
	}
	if status := h.said(boss, "POST", "/commands/"+view.ID+"/confirmation", m{}, nil); status != http.StatusForbidden {
		t.Errorf("the same person as the second one: %d", status)
	}
	if status := h.said(h.commander("second"), "POST", "/commands/"+view.ID+"/confirmation", m{}, nil); status != http.StatusOK {
		t.Fatalf("the second person: %d", status)
	}
	h.until("every household of the building has its text", func() bool { return provider.Distinct() >= seen.Households })
	var messages []struct{ ID, Audience, Channel, State string }
	texted := ""
	h.until("the texts are on record as sent", func() bool {
		h.said(boss, "GET", "/commands/"+view.ID+"/messages", nil, &messages)
		n := 0
		for _, sent := range messages {
			if sent.Audience == "residents" && sent.Channel == "sms" && sent.State == "sent" {
				n, texted = n+1, sent.ID
			}
		}
		return n >= seen.Households
	})
	report := fmt.Sprintf(`[{"out_id":%q,"success":true,"err_code":"DELIVERED","report_time":"2026-01-01 00:00:00"}]`, texted)
	if status := receipt(h, "sms", "evt-0", report, "whsec_c29tZWJvZHkgZWxzZQ=="); status != http.StatusUnauthorized {
		t.Errorf("a receipt that somebody else signed: %d", status)
	}
	for range 2 {
		if status := receipt(h, "sms", "evt-1", report, hookSecret); status != http.StatusNoContent {
			t.Fatalf("a receipt: %d", status)
		}
	}
	h.said(boss, "GET", "/commands/"+view.ID+"/messages", nil, &messages)
	for _, now := range messages {
		if now.ID == texted && now.State != "delivered" {
			t.Errorf("after its receipt the message is %s", now.State)
		}
	}
	unknown := strings.Replace(report, texted, "nothing-m1", 1)
	if status := receipt(h, "sms", "evt-2", unknown, hookSecret); status != http.StatusNotFound {
		t.Errorf("a receipt for an unknown message: %d", status)
	}
}

// receipt posts a provider's word with a signature of Standard Webhooks.
func receipt(h *house, channel, id, body, secret string) int {
	h.t.Helper()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		h.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, id+"."+stamp+"."+body)
	res, _ := h.request(http.MethodPost, "/api/v1/callbacks/"+channel, body,
		"Webhook-Id", id, "Webhook-Timestamp", stamp, "Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return res.StatusCode
}

func TestAChannelThatCannotWorkIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*config.Config)
		want   string
	}{
		"fewer secrets than robots": {func(c *config.Config) {
			c.DingTalkRobot.URLs, c.DingTalkRobot.Secrets = config.Secrets{"http://127.0.0.1:1/a", "http://127.0.0.1:1/b"}, config.Secrets{"SEC1"}
		}, "channel.dingtalk_robot: 1 secrets for 2 urls"},
		"a file that lacks": {func(c *config.Config) {
			c.SMS.URL, c.SMS.SecretFile = "http://127.0.0.1:1", "lacks"
		}, "channel.sms.secret_file"},
		"a secret in two places": {func(c *config.Config) {
			c.Voice.URL, c.Voice.Secret, c.Voice.SecretFile = "http://127.0.0.1:1", "a", "b"
		}, "channel.voice.secret stands in the settings and in a file"},
		"mail without a scheme": {func(c *config.Config) { c.Email.URL = "mail.example" }, "channel.email"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := settings(t, "redis://127.0.0.1:1")
			tt.change(&c)
			a, err := app.New(c, slog.New(slog.DiscardHandler))
			if err == nil {
				a.Stop()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the start says %v, want %s", err, tt.want)
			}
		})
	}
}
