package sms

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

// most is how many reports one call may bring.
const most = 10_000

var errShape = errors.New("no array of reports with out_id and success")

// Reports reads Aliyun's SmsReport, a JSON array: for each message, by its
// out_id, whether the telephone has it. Times are Beijing's.
func Reports(body []byte) ([]command.Receipt, error) {
	var reports []struct {
		OutID   string `json:"out_id"`
		Success *bool  `json:"success"`
		Code    string `json:"err_code"`
		Time    string `json:"report_time"`
	}
	if err := json.Unmarshal(body, &reports); err != nil || reports == nil || len(reports) > most {
		return nil, errShape // the text of err may show a number
	}
	beijing := time.FixedZone("CST", 8*60*60)
	receipts := make([]command.Receipt, 0, len(reports))
	for i, r := range reports {
		if r.OutID == "" || r.Success == nil {
			return nil, fmt.Errorf("report %d: %w", i, errShape)
		}
		receipt := command.Receipt{Who: command.Who{By: "channel:sms"}, Message: r.OutID, State: string(command.Delivered)}
		if at, err := time.ParseInLocation(time.DateTime, r.Time, beijing); err == nil {
			receipt.At = at.UnixMilli()
		}
		if !*r.Success {
			receipt.State, receipt.Detail = command.Failing, post.Word(r.Code)
		}
		receipts = append(receipts, receipt)
	}
	return receipts, nil
}
