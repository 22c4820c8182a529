package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"citydeck/cockpits/fault"
)

// The profiles of password rules. They contradict one another: MLPS wants
// classes of characters and a change every 90 days, ASVS forbids both.
const (
	mlps = "mlps"
	asvs = "asvs"
)

// What the profiles ask for.
const (
	shortestMLPS = 10
	shortestASVS = 12
	longestText  = 128 // characters, in both
	classes      = 3   // of lower case, upper case, digits and others; mlps
	remembered   = 5   // earlier passwords that may not come back; mlps
	passwordDays = 90  // mlps
	dormantDays  = 90  // unused accounts are closed; mlps
)

const day = 24 * 60 * 60 * 1000 // ms

// strong says what keeps a password of somebody from being one; nil: nothing.
func (a *Auth) strong(name, password string) error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.Invalid, "/password", format, args...)
	}
	text := string(normal(password))
	n, shortest := utf8.RuneCountInString(text), shortestMLPS
	if a.cfg.Profile == asvs {
		shortest = shortestASVS
	}
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return bad("the password is not text")
	case n < shortest:
		return bad("the password has %d characters: at least %d", n, shortest)
	case n > longestText:
		return bad("the password has %d characters: at most %d", n, longestText)
	case a.cfg.Profile != asvs && kinds(text) < classes:
		return bad("the password needs %d of: lower case, upper case, digits, others", classes)
	case common(text), own(text, append([]string{name}, a.cfg.Words...)):
		return bad("the password is one that everybody tries first")
	}
	return nil
}

// kinds counts the classes of characters in a text.
func kinds(text string) int {
	var lower, upper, digit, other int
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// common tells whether a password is a word that everybody tries, with an
// ending that everybody adds: some ten thousand of them.
func common(text string) bool {
	text = strings.ToLower(text)
	for _, tail := range append(tails(), "") {
		stem, cut := strings.CutSuffix(text, tail)
		if !cut {
			continue
		}
		for _, word := range firstTries() {
			if stem == word {
				return true
			}
		}
	}
	return false
}

// own tells whether a password is a word of this place, with nothing but an
// ending that everybody adds.
func own(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, word := range words {
		if word = strings.ToLower(word); len(word) < 3 {
			continue
		}
		rest, found := strings.CutPrefix(text, word)
		if found && !strings.ContainsFunc(rest, unicode.IsLetter) && len(rest) <= 6 {
			return true
		}
	}
	return false
}

// tails are the endings that people add to please a rule.
func tails() []string {
	return strings.Fields(`1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0 00 007 01 11 111 1111 21 22 66 666 69 77 88 888 99 520 1314
		! !! !!! @ # . * 1! 12! 123! 1234! 12345! 123456! 1@ 123@ 1# 123# 123. @1 @12 @123 @1234 @12345 @123456 @2020 @2021 @2022 @2023 @2024 @2025 @2026 #1 #123 #1234 !1 !123 _1 _123 .1 .123 123123 321 qwe abc`)
}

// firstTries are the words that stand in front of every list of leaked passwords.
func firstTries() []string {
	return strings.Fields(`password passwd passw0rd p@ssword p@ssw0rd pa55word pa$$word pa$$w0rd pass admin administrator root user guest test tester welcome
		letmein login master qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm 1qaz2wsx 1qaz2wsx3edc 1q2w3e 1q2w3e4r 1q2w3e4r5t qazwsx qazwsxedc
		q1w2e3r4 abc abcd abcdef abcdefg abcdefgh a1b2c3 a1b2c3d4 aa123456 iloveyou woaini woaini1314 sunshine princess football baseball dragon monkey shadow
		superman batman michael jordan jennifer hunter killer trustno secret freedom whatever starwars computer internet server database oracle mysql redis
		manager system security changeme change default temp temporary hello helloworld world china beijing shanghai hangzhou zhejiang zhongguo xiacheng
		government police summer winter spring autumn january monday friday company office cisco huawei alibaba tencent baidu taobao wechat weixin dingtalk
		p@ss p@ssw0rd! adm1n r00t t3st passport cookie orange banana apple pepper ginger cheese chocolate soccer hockey tigger charlie thomas george jessica
		daniel andrew joshua ashley nicole samsung nokia iphone google facebook linkedin yahoo 123qwe qwe123 asd123 zxc123 qweasd qweasdzxc 1234 12345 123456
		1234567 12345678 123456789 1234567890 0987654321 987654321 111111 000000 888888 666666 112233 123321 654321 147258369 5201314 7758521`)
}
