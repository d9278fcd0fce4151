package endpoints

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/pkg/chat"
)

// life is how long a platform keeps a notification for a phone that is off.
const life = 7 * 24 * time.Hour

// payload renders a notification for every platform; SNS takes the part that fits the endpoint (SNS guide, "Sending custom
// platform-specific payloads in messages to mobile devices" and "Using FCM v1 payloads").
func payload(n chat.Notification) (string, error) {
	title, text := n.Words()
	data := map[string]string{"conversation": string(n.Conversation), "seq": strconv.FormatUint(uint64(n.Seq), 10)}
	fcm, err := json.Marshal(map[string]any{"fcmV1Message": map[string]any{"message": map[string]any{
		"notification": map[string]string{"title": title, "body": text},
		"data":         data,
		"android":      map[string]any{"collapse_key": string(n.Conversation), "notification": map[string]string{"tag": string(n.Conversation)}},
	}}})
	if err != nil {
		return "", err
	}
	apns, err := json.Marshal(map[string]any{
		"aps": map[string]any{
			"alert":     map[string]string{"title": title, "body": text},
			"sound":     "default",
			"thread-id": string(n.Conversation),
		},
		"parley": data,
	})
	if err != nil {
		return "", err
	}
	message, err := json.Marshal(map[string]string{
		"default": text, "GCM": string(fcm), "APNS": string(apns), "APNS_SANDBOX": string(apns),
	})
	return string(message), err
}

// attributes set how long a notification is kept and which ones replace each other: one per conversation.
func attributes(platform string, n chat.Notification) map[string]types.MessageAttributeValue {
	seconds := strconv.Itoa(int(life.Seconds()))
	text := func(s string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(s)}
	}
	switch platform {
	case "apns", "apns_sandbox":
		prefix := "AWS.SNS.MOBILE.APNS."
		ttl := prefix + "TTL"
		if platform == "apns_sandbox" {
			ttl = "AWS.SNS.MOBILE.APNS_SANDBOX.TTL"
		}
		return map[string]types.MessageAttributeValue{
			ttl:                    text(seconds),
			prefix + "PUSH_TYPE":   text("alert"),
			prefix + "PRIORITY":    text("10"),
			prefix + "COLLAPSE_ID": text(string(n.Conversation)),
		}
	default:
		return map[string]types.MessageAttributeValue{"AWS.SNS.MOBILE.FCM.TTL": text(seconds)}
	}
}
