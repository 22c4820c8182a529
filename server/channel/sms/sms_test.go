package sms_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/aliyun/aliyuntest"
	"citydeck/server/channel/post/posttest"
	"citydeck/server/channel/sms"
)

func letter(id, phone string) *command.Letter {
	return &command.Letter{
		Message: command.Message{ID: id, To: "r1", Channel: "sms"},
		To:      command.Recipient{ID: "r1", Name: "王安", Phone: phone, Address: phone, Zh: `道路塌陷："3 幢" a+b*~`, En: "Road collapse"},
		Command: "c1",
	}
}

func started(t testing.TB) (*aliyuntest.Server, *sms.Channel) {
	t.Helper()
	fake := aliyuntest.New()
	t.Cleanup(fake.Close)
	return fake, sms.New(sms.Config{URL: fake.URL, Key: aliyuntest.Key, Secret: aliyuntest.Secret, SignName: "下城应急", Template: "SMS_1"})
}

func TestAMessageIsSentWithItsText(t *testing.T) {
	t.Parallel()
	fake, channel := started(t)
	if err := channel.Send(t.Context(), letter("c1-m1", "13800000000")); err != nil {
		t.Fatalf("sending: %v", err)
	}
	taken := fake.Taken()
	if len(taken) != 1 {
		t.Fatalf("the fake took %d messages, want one", len(taken))
	}
	var param map[string]string
	if err := json.Unmarshal([]byte(taken[0].Get("TemplateParam")), &param); err != nil || param["text"] != `道路塌陷："3 幢" a+b*~` {
		t.Errorf("the text is %q, %v", param["text"], err)
	}
	for name, want := range map[string]string{"PhoneNumbers": "13800000000", "SignName": "下城应急", "TemplateCode": "SMS_1", "OutId": "c1-m1", "Action": "SendSms"} {
		if got := taken[0].Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestARepeatAfterALostAnswerIsTheSameMessage(t *testing.T) {
	t.Parallel()
	fake, channel := started(t)
	fake.Next(posttest.Act{Lose: true})
	var refusal *command.Refusal
	if err := channel.Send(t.Context(), letter("c1-m1", "13800000000")); !errors.As(err, &refusal) || !refusal.Again {
		t.Fatalf("with its answer lost: %v, want again", err)
	}
	if err := channel.Send(t.Context(), letter("c1-m1", "13800000000")); err != nil {
		t.Fatalf("the repeat: %v", err)
	}
	if len(fake.Taken()) != 2 || fake.Distinct() != 1 {
		t.Errorf("the provider saw %d requests for %d messages, want 2 for 1", len(fake.Taken()), fake.Distinct())
	}
}

func TestEachTroubleIsSaid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		phone string
		set   func(*aliyuntest.Server)
		want  command.Refusal
	}{
		"nowhere to send":     {"", func(*aliyuntest.Server) {}, command.Refusal{Detail: "no_address"}},
		"no such number":      {"13800000000", func(s *aliyuntest.Server) { s.Illegal = []string{"13800000000"} }, command.Refusal{Detail: "isv.MOBILE_NUMBER_ILLEGAL"}},
		"dropped":             {"13800000000", func(s *aliyuntest.Server) { s.Next(posttest.Act{Drop: true}) }, command.Refusal{Again: true, Detail: "no_connection"}},
		"told to wait":        {"13800000000", func(s *aliyuntest.Server) { s.Next(posttest.Act{Status: 429, Retry: "3"}) }, command.Refusal{Again: true, Detail: "http_429", After: 3 * time.Second}},
		"over the limit":      {"13800000000", func(s *aliyuntest.Server) { s.Limit.Most, s.Limit.Span = 1, time.Hour; s.Limit.Takes(time.Now()) }, command.Refusal{Again: true, Detail: "isv.BUSINESS_LIMIT_CONTROL"}},
		"the provider is ill": {"13800000000", func(s *aliyuntest.Server) { s.Always(posttest.Act{Status: 500}) }, command.Refusal{Again: true, Detail: "http_500"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, channel := started(t)
			tt.set(fake)
			err := channel.Send(t.Context(), letter("m1", tt.phone))
			var got *command.Refusal
			if !errors.As(err, &got) || *got != tt.want {
				t.Errorf("sending: %v, want %v", err, &tt.want)
			}
			if strings.Contains(err.Error(), "138") || strings.Contains(err.Error(), aliyuntest.Secret) || strings.Contains(err.Error(), "王安") {
				t.Errorf("the error shows what it must not: %v", err)
			}
		})
	}
}

func TestASlowProviderIsLeftAtTheDeadline(t *testing.T) {
	t.Parallel()
	fake, channel := started(t)
	fake.Always(posttest.Act{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var got *command.Refusal
	if err := channel.Send(ctx, letter("m1", "13800000000")); !errors.As(err, &got) || !got.Again || got.Detail != "timeout" {
		t.Errorf("a provider that doesn't answer: %v, want again for timeout", err)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	who := command.Who{By: "channel:sms"}
	tests := map[string]struct {
		body string
		want []command.Receipt // nil: refused
	}{
		"one arrived, one not": {
			`[{"phone_number":"13900000001","send_time":"2017-01-01 00:00:00","report_time":"2017-01-01 08:00:01","success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"12345","out_id":"c1-m1"},
			  {"phone_number":"13900000002","report_time":"2017-01-01 08:00:02","success":false,"err_code":"MK:0005","out_id":"c1-m2"}]`,
			[]command.Receipt{
				{Who: who, Message: "c1-m1", State: "delivered", At: 1483228801000},
				{Who: who, Message: "c1-m2", State: "failed", At: 1483228802000, Detail: "MK:0005"},
			},
		},
		"none":               {`[]`, []command.Receipt{}},
		"no time":            {`[{"out_id":"a","success":true}]`, []command.Receipt{{Who: who, Message: "a", State: "delivered"}}},
		"without a message":  {`[{"success":true}]`, nil},
		"without an outcome": {`[{"out_id":"a"}]`, nil},
		"no array":           {`{"out_id":"a","success":true}`, nil},
		"null":               {`null`, nil},
		"no JSON":            {`13900000001`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sms.Reports([]byte(tt.body))
			if (err != nil) != (tt.want == nil) || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s gives %+v, %v, want %+v", tt.body, got, err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "139") {
				t.Errorf("the error shows a number: %v", err)
			}
		})
	}
}
