package aliyun_test

import (
	"net/url"
	"testing"

	"citydeck/server/channel/aliyun"
	"citydeck/server/channel/aliyun/aliyuntest"
	"citydeck/server/channel/post/posttest"
)

func TestPublishedSignatures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		params map[string]string
		secret string
		want   string
	}{
		"SendSms": {map[string]string{
			"AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
			"RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1",
			"SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0", "TemplateCode": "SMS_71390007",
			"TemplateParam": `{"customer":"test"}`, "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
			"Signature": "left out",
		}, "testSecret", "zJDF+Lrzhj/ThnlvIToysFRq6t4="},
		"DescribeRegions": {map[string]string{
			"AccessKeyId": "testid", "Action": "DescribeRegions", "Format": "XML", "SignatureMethod": "HMAC-SHA1",
			"SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "SignatureVersion": "1.0",
			"Timestamp": "2016-02-23T12:46:24Z", "Version": "2014-05-26",
		}, "testsecret", "OLeaidS1JvxuMvnyHOwuJ+uX5qY="},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := url.Values{}
			for k, v := range tt.params {
				form.Set(k, v)
			}
			if got := aliyun.Sign("GET", form, tt.secret); got != tt.want {
				t.Errorf("signature %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatTheServiceMeans(t *testing.T) {
	t.Parallel()
	params := map[string]string{"PhoneNumbers": "13800000000", "SignName": "测试", "TemplateCode": "SMS_1", "TemplateParam": `{"text":"a b*~+'"}`, "OutId": "m1"}
	failed := func(code string) string { return "refused: " + code }
	tests := map[string]struct {
		key, secret string
		set         func(*aliyuntest.Server)
		want        string // empty: taken
	}{
		"taken":               {aliyuntest.Key, aliyuntest.Secret, func(*aliyuntest.Server) {}, ""},
		"another's secret":    {aliyuntest.Key, "guess", func(*aliyuntest.Server) {}, failed("SignatureDoesNotMatch")},
		"nobody's key":        {"nobody", aliyuntest.Secret, func(*aliyuntest.Server) {}, failed("InvalidAccessKeyId.NotFound")},
		"no such number":      {aliyuntest.Key, aliyuntest.Secret, func(s *aliyuntest.Server) { s.Illegal = []string{"13800000000"} }, failed("isv.MOBILE_NUMBER_ILLEGAL")},
		"the service is down": {aliyuntest.Key, aliyuntest.Secret, func(s *aliyuntest.Server) { s.Always(posttest.Act{Status: 502}) }, "not now: http_502"},
		"the answer is lost":  {aliyuntest.Key, aliyuntest.Secret, func(s *aliyuntest.Server) { s.Next(posttest.Act{Lose: true}) }, "not now: no_connection"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := aliyuntest.New()
			defer fake.Close()
			tt.set(fake)
			got := ""
			if err := aliyun.New(fake.URL, tt.key, tt.secret).Call(t.Context(), "SendSms", params); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("the service says %q, want %q", got, tt.want)
			}
		})
	}
}
