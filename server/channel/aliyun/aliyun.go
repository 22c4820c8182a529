// Package aliyun signs and asks an Aliyun RPC service, as SMS and voice calls are.
package aliyun

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // signature version 1.0 is HMAC-SHA1
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

const (
	version = "2017-05-25"
	region  = "cn-hangzhou"
	method  = http.MethodPost
)

// Service is one RPC service with whom it knows us as.
type Service struct {
	url, key, secret string
	poster           *post.Poster
}

// New makes a service at an address.
func New(address, key, secret string) *Service {
	return &Service{strings.TrimSuffix(address, "/") + "/", key, secret, post.New()}
}

// Call asks for an action once. Its error is a *command.Refusal.
func (s *Service) Call(ctx context.Context, action string, params map[string]string) error {
	form := url.Values{}
	for name, value := range params {
		form.Set(name, value)
	}
	for name, value := range map[string]string{
		"AccessKeyId": s.key, "Action": action, "Format": "JSON", "RegionId": region, "Version": version,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": rand.Text(),
		"Timestamp": time.Now().UTC().Format(time.RFC3339),
	} {
		form.Set(name, value)
	}
	form.Set("Signature", Sign(method, form, s.secret))
	var answer struct{ Code string }
	err := s.poster.Form(ctx, s.url, form, &answer)
	switch {
	case answer.Code == "" && err == nil:
		return post.Failed("unreadable")
	case answer.Code == "" || busy(err):
		return err
	case answer.Code == "OK":
		return err
	case passing(answer.Code):
		return post.Again(answer.Code, 0)
	}
	return post.Failed(answer.Code)
}

// busy tells whether an error already says to try again.
func busy(err error) bool {
	var r *command.Refusal
	return errors.As(err, &r) && r.Again
}

// passing tells whether a code speaks of the moment and not of the message.
func passing(code string) bool {
	if strings.HasPrefix(code, "Throttling") {
		return true
	}
	return slices.Contains([]string{
		"isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isv.SYSTEM_ERROR", "SYSTEM_ERROR",
		"InternalError", "ServiceUnavailable", "SignatureNonceUsed",
	}, code)
}

// Sign is the signature of version 1.0 over all parameters but Signature itself.
func Sign(method string, params url.Values, secret string) string {
	names := make([]string, 0, len(params))
	for name := range params {
		if name != "Signature" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	pairs := make([]string, len(names))
	for i, name := range names {
		pairs[i] = escape(name) + "=" + escape(params.Get(name))
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	_, _ = mac.Write([]byte(method + "&" + escape("/") + "&" + escape(strings.Join(pairs, "&")))) // never fails
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// escape is RFC 3986's: all but letters, digits and -_.~ by their bytes.
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
