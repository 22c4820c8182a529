package dingtalk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/dingtalk"
	"citydeck/server/channel/dingtalk/dingtalktest"
	"citydeck/server/channel/post/posttest"
)

func letter(address, link string) *command.Letter {
	return &command.Letter{To: command.Recipient{Address: address, Zh: "任务", En: "Task"}, Link: link}
}

func says(err error) string {
	var r *command.Refusal
	if errors.As(err, &r) {
		return err.Error()
	}
	return fmt.Sprint(err)
}

func TestThePublishedSignature(t *testing.T) {
	t.Parallel()
	if got := dingtalk.Sign("1577262236757", "this is secret"); got != "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=" {
		t.Errorf("signature %q", got)
	}
}

func TestRobotsShareTheirLimits(t *testing.T) {
	t.Parallel()
	fake := dingtalktest.New()
	defer fake.Close()
	channel := dingtalk.NewRobot(dingtalk.RobotConfig{
		URLs: []string{fake.Robot("a"), fake.Robot("b")}, Secrets: []string{dingtalktest.Secret, dingtalktest.Secret}, PerMinute: 20,
	})
	for i := range 40 {
		if err := channel.Send(t.Context(), letter("", "")); err != nil {
			t.Fatalf("message %d of 40 by two robots: %v", i, err)
		}
	}
	var r *command.Refusal
	err := channel.Send(t.Context(), letter("", ""))
	if !errors.As(err, &r) || !r.Again || r.Detail != "own_limit" || r.After <= 0 || len(fake.Said()) != 40 || fake.Count() != 40 {
		t.Errorf("the 41st: %v after %d requests, want a wait without asking", err, fake.Count())
	}
	if fake.Said()[0] != "任务\nTask" {
		t.Errorf("said %q", fake.Said()[0])
	}
}

func TestARobotThatSpokeTooFastIsLeftAlone(t *testing.T) {
	t.Parallel()
	fake := dingtalktest.New()
	defer fake.Close()
	channel := dingtalk.NewRobot(dingtalk.RobotConfig{URLs: []string{fake.Robot("a")}, Secrets: []string{dingtalktest.Secret}, PerMinute: 100})
	for range 20 {
		if err := channel.Send(t.Context(), letter("", "")); err != nil {
			t.Fatal(err)
		}
	}
	if got := says(channel.Send(t.Context(), letter("", ""))); got != "not now: errcode_130101" {
		t.Errorf("the 21st: %s", got)
	}
	if got := says(channel.Send(t.Context(), letter("", ""))); got != "not now: own_limit" || fake.Count() != 21 {
		t.Errorf("after it: %s, %d requests", got, fake.Count())
	}
}

func TestARobotOfAnotherSecret(t *testing.T) {
	t.Parallel()
	fake := dingtalktest.New()
	defer fake.Close()
	channel := dingtalk.NewRobot(dingtalk.RobotConfig{URLs: []string{fake.Robot("s3cret")}, Secrets: []string{"guess"}, PerMinute: 20})
	if got := says(channel.Send(t.Context(), letter("", ""))); got != "refused: errcode_310000" {
		t.Errorf("a wrong secret: %s", got)
	}
	fake.Next(posttest.Act{Drop: true})
	if got := says(channel.Send(t.Context(), letter("", ""))); got != "not now: no_connection" || strings.Contains(got, "s3cret") {
		t.Errorf("dropped: %s", got)
	}
}

func TestAWorkNotice(t *testing.T) {
	t.Parallel()
	fake := dingtalktest.New()
	defer fake.Close()
	cfg := dingtalk.WorkConfig{URL: fake.URL + "/", Key: dingtalktest.Key, Secret: dingtalktest.Secret, AgentID: "7"}
	channel := dingtalk.NewWork(cfg)
	if err := channel.Send(t.Context(), letter("u1", "https://a.example/field#X")); err != nil {
		t.Fatal(err)
	}
	card := fmt.Sprint(fake.Notices()[0])
	if !strings.Contains(card, "single_url:https://a.example/field#X") || !strings.Contains(card, "userid_list:u1") {
		t.Errorf("the notice is %s", card)
	}
	fake.Expire()
	if got := says(channel.Send(t.Context(), letter("u1", ""))); got != "not now: errcode_40014" {
		t.Errorf("with a token that has ended: %s", got)
	}
	if err := channel.Send(t.Context(), letter("u1", "")); err != nil || len(fake.Notices()) != 2 {
		t.Errorf("with the next token: %v, %d notices", err, len(fake.Notices()))
	}
	if got := says(channel.Send(t.Context(), letter("", ""))); got != "refused: no_address" {
		t.Errorf("to nobody: %s", got)
	}
	cfg.Secret = "guess"
	if got := says(dingtalk.NewWork(cfg).Send(t.Context(), letter("u1", ""))); got != "refused: errcode_40089" {
		t.Errorf("with a wrong secret: %s", got)
	}
}
