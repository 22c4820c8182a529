package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/server/api"
	"citydeck/server/channel/sms"
	"citydeck/server/channel/webhook"
	"citydeck/server/config"
	"citydeck/server/dispatch"
	"citydeck/server/engine"
	"citydeck/server/print"

	"golang.org/x/sync/errgroup"
)

// linkLife is the longest that a link's session holds; the end of its command
// ends it before.
const linkLife = 7 * 24 * time.Hour

// openDesk has a minute.
func (a *App) openDesk() error {
	ctx, cancel := context.WithTimeout(context.Background(), opening)
	defer cancel()
	return a.prepareDesk(ctx)
}

// ongoing is who draws running commands, for the engine; an errand has none.
func (a *App) ongoing() engine.Ongoing {
	if a.desk == nil {
		return nil
	}
	return a.desk
}

// prepareDesk makes the desk, with the channels that are configured, and reads
// the commands that there are.
func (a *App) prepareDesk(ctx context.Context) error {
	f, err := channels(&a.cfg)
	if err != nil {
		return err
	}
	cfg := dispatch.Config{District: a.district, Boards: commandBoards(a.hub), Channels: f.ways, Rates: f.rates, Link: a.link}
	a.desk = dispatch.New(cfg, a.record, a.record, a.log)
	return a.desk.Open(ctx)
}

// respond is who runs commands, for the API.
func (a *App) respond() api.Respond {
	return api.Respond{Desk: desked{a.desk, a}, Ledgers: a.record, Links: links{a}, Receipts: receipts{a}, Roster: a.record, Photos: a.record, Printer: print.Printer{District: a.district.Name, Zone: a.district.Zone}}
}

type desked struct {
	*dispatch.Desk
	app *App
}

// raising is how long a launch waits for its board at most.
const raising = time.Second

// Launch also turns the walls in a real command's scope to its board, which
// stands when it returns.
func (d desked) Launch(ctx context.Context, press *command.Press) (id string, again bool, err error) {
	id, again, err = d.Desk.Launch(ctx, press)
	if err == nil {
		soon, end := context.WithTimeout(ctx, raising)
		d.Await(soon, id)
		end()
	}
	if err == nil && !again && !press.Exercise {
		d.app.turn(ctx, id)
	}
	return id, again, err
}

// Link is the address of a responder's page, with a code that works once.
func (d desked) Link(command, responder, message string) string {
	return d.app.link(command, responder, message)
}

// link is where a responder finds his page: what it says is signed, so that no
// code need be kept.
func (a *App) link(command, responder, message string) string {
	text := strings.Join([]string{command, responder, message}, "\n")
	code := base64.RawURLEncoding.EncodeToString([]byte(text + "\n" + a.record.LinkMAC(text)))
	return publicURL(a.cfg) + "/field#" + code
}

// links lets responders in by their codes.
type links struct{ app *App }

var errOldLink = fault.New(fault.Unauthenticated, "", "this link is over")

// Enter proves a code, once, and begins its session.
func (l links) Enter(ctx context.Context, code, address string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(code)
	parts := strings.Split(string(raw), "\n")
	if err != nil || len(parts) != 4 || !l.app.record.LinkHolds(strings.Join(parts[:3], "\n"), parts[3]) {
		return "", errOldLink
	}
	id, responder := parts[0], parts[1]
	err = l.app.desk.Look(ctx, id, func(s *command.State) error {
		if _, called := s.Calls(responder); !called || !s.Open() {
			return errOldLink
		}
		return nil
	})
	if err != nil {
		return "", errOldLink
	}
	fresh, err := l.app.record.Spend(ctx, "link "+strings.Join(parts[:3], " "))
	if err != nil {
		return "", err
	}
	if !fresh {
		return "", errOldLink
	}
	return l.app.auth.SignInLink(ctx, id, responder, address, time.Now().Add(linkLife).UnixMilli())
}

// receipts takes what providers say.
type receipts struct{ app *App }

// Receive proves who says it and has it put on record, once an id.
func (r receipts) Receive(ctx context.Context, channel string, header http.Header, body []byte) error {
	id, good := webhook.Verify(callbackSecret(&r.app.cfg, channel), header, body, time.Now())
	if !good {
		return fault.New(fault.Unauthenticated, "", "nobody known has signed this")
	}
	answers, err := said(channel, body)
	if err != nil {
		return err
	}
	for i := range answers {
		if answers[i].in, err = r.place(ctx, channel, &answers[i]); err != nil {
			return err
		}
	}
	fresh, err := r.app.record.Spend(ctx, "callback "+channel+" "+id)
	if err != nil || !fresh {
		return err
	}
	for i := range answers {
		err = errors.Join(err, r.app.desk.Do(ctx, answers[i].command(), answers[i].in))
	}
	return err
}

// answer is what a provider says of one message.
type answer struct {
	message string
	in      command.Intent
}

// command is the one that a message belongs to: its id is in the message's.
func (a *answer) command() string { return a.message[:max(0, strings.LastIndex(a.message, "-m"))] }

// said reads one answer, or a provider's list of receipts.
func said(channel string, body []byte) ([]answer, error) {
	if channel == "sms" && bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		reports, err := sms.Reports(body)
		if err != nil {
			return nil, fault.New(fault.Invalid, "", "%s", err)
		}
		list := make([]answer, len(reports))
		for i := range reports {
			list[i] = answer{reports[i].Message, reports[i]}
		}
		return list, nil
	}
	var one struct {
		Message string `json:"message"`
		State   string `json:"state"`
		At      int64  `json:"at"`
	}
	if err := json.Unmarshal(body, &one); err != nil {
		return nil, fault.New(fault.Invalid, "", "the body must be one JSON object")
	}
	in, err := intentOf(channel, one.State, one.Message, one.At)
	return []answer{{one.Message, in}}, err
}

// place finds the message that is meant, and the task that an acknowledgement is for.
func (r receipts) place(ctx context.Context, channel string, a *answer) (command.Intent, error) {
	in := a.in
	err := r.app.desk.Look(ctx, a.command(), func(s *command.State) error {
		m, found := s.Message(a.message)
		if !found || m.Channel != channel {
			return fault.New(fault.NotFound, "/message", "no such message")
		}
		if ack, is := in.(command.Acknowledge); is {
			ack.Task = m.Task
			in = ack
		}
		return nil
	})
	if errors.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "/message", "no such message")
	}
	return in, err
}

// callbackSecret is what a kind's receipts are signed with; empty: none are taken.
func callbackSecret(c *config.Config, kind string) string {
	return map[string]config.Secret{
		"webhook": c.Webhook.Callback, "sms": c.SMS.Callback, "voice": c.Voice.Callback, "email": c.Email.Callback,
		"dingtalk_robot": c.DingTalkRobot.Callback, "dingtalk_work": c.DingTalkWork.Callback,
		"wecom": c.WeCom.Callback, "feishu": c.Feishu.Callback,
	}[kind].Reveal()
}

// intentOf is what a provider's word comes down to.
func intentOf(channel, state, message string, at int64) (command.Intent, error) {
	who := command.Who{By: "channel:" + channel}
	switch state {
	case "acknowledged":
		return command.Acknowledge{Who: who, At: at, Answer: "yes"}, nil
	case "cannot":
		return command.Acknowledge{Who: who, At: at, Answer: "cannot"}, nil
	case "delivered", "seen", "failed":
		return command.Receipt{Who: who, Message: message, State: state, At: at}, nil
	}
	return nil, fault.New(fault.Invalid, "/state", "a state is delivered, seen, acknowledged, cannot or failed")
}

// patrol runs the desk, and deletes what is personal when its time is over.
func (a *App) patrol(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.closeBooks(ctx) })
	g.Go(func() error { return a.desk.Run(ctx) })
	return g.Wait()
}

// closeBooks looks once an hour for what is personal and over its time.
func (a *App) closeBooks(ctx context.Context) error {
	t := time.NewTicker(time.Hour)
	defer t.Stop()
	for {
		if err := a.record.CloseBook(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("what is personal of old commands was not deleted", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}
