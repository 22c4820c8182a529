package plan

import (
	"slices"
	"time"
)

// The kinds of channels.
const (
	App           = "app"
	DingTalkWork  = "dingtalk_work"
	DingTalkRobot = "dingtalk_robot"
	WeCom         = "wecom"
	Feishu        = "feishu"
	SMS           = "sms"
	Voice         = "voice"
	Email         = "email"
	Webhook       = "webhook"
)

// Kinds lists the kinds of channels.
func Kinds() []string {
	return []string{App, DingTalkWork, DingTalkRobot, WeCom, Feishu, SMS, Voice, Email, Webhook}
}

// Reaches tells whether a kind can speak to an audience: residents have a
// telephone and nothing of the district's, so the rest speaks to responders only.
func Reaches(to Audience, kind string) bool {
	return to == Responders || slices.Contains([]string{SMS, Voice, Webhook}, kind)
}

// After is when a rung of the ladder to responders speaks where its plan says nothing.
func After(to Audience, kind string) time.Duration {
	switch {
	case to == Responders && kind == SMS:
		return 15 * time.Second
	case to == Responders && kind == Voice:
		return 30 * time.Second
	}
	return 0
}

// Categories lists CAP's words for category.
func Categories() []string {
	return []string{"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"}
}

// Responses lists CAP's words for responseType.
func Responses() []string {
	return []string{"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"}
}

// Urgencies lists CAP's words for urgency.
func Urgencies() []string { return []string{"Immediate", "Expected", "Future", "Past", "Unknown"} }

// Severities lists CAP's words for severity.
func Severities() []string { return []string{"Extreme", "Severe", "Moderate", "Minor", "Unknown"} }

// Certainties lists CAP's words for certainty.
func Certainties() []string {
	return []string{"Observed", "Likely", "Possible", "Unlikely", "Unknown"}
}

// Levels lists the levels of response 响应级别, the highest first.
func Levels() []string { return []string{"I", "II", "III", "IV"} }
