package webpush

import "testing"

func TestOnlyURLsOfKnownPushServicesAreTaken(t *testing.T) {
	hosts, err := NewHosts([]string{"push.example.com", ".push.example.org", "http://127.0.0.1:8080"})
	if err != nil {
		t.Fatal(err)
	}
	for endpoint, want := range map[string]bool{
		"https://fcm.googleapis.com/fcm/send/abc:def":             true,
		"https://fcm.googleapis.com:443/fcm/send/abc":             true,
		"https://updates.push.services.mozilla.com/wpush/v2/abc":  true,
		"https://web.push.apple.com/abc":                          true,
		"https://wns2-by3p.notify.windows.com/w/?token=abc%3d%3d": true,
		"https://push.example.com/1":                              true,
		"https://eu.push.example.org/1":                           true,
		"http://127.0.0.1:8080/dev/push/1":                        true,

		"":                                           false,
		"fcm.googleapis.com/fcm/send/abc":            false,
		"http://fcm.googleapis.com/abc":              false,
		"ftp://fcm.googleapis.com/abc":               false,
		"https:fcm.googleapis.com":                   false,
		"https:///abc":                               false,
		"https://fcm.googleapis.com:8443/a":          false,
		"https://fcm.googleapis.com:/a":              false,
		"https://user@fcm.googleapis.com/a":          false,
		"https://fcm.googleapis.com@127.0.0.1/a":     false,
		"https://fcm.googleapis.com#@127.0.0.1/":     false,
		"https://fcm.googleapis.com/a#":              false,
		"https://fcm.googleapis.com./a":              false,
		"https://FCM.googleapis.com/a":               false,
		"https://evilfcm.googleapis.com/a":           false,
		"https://fcm.googleapis.com.evil.example/a":  false,
		"https://evil.example/fcm.googleapis.com":    false,
		"https://push.apple.com/a":                   false,
		"https://evilpush.apple.com/a":               false,
		"https://.push.apple.com/a":                  false,
		"https://a..push.apple.com/a":                false,
		"https://a%2f.push.apple.com/a":              false,
		"https://ᴡ.push.apple.com/a":                 false,
		"https://push.example.org/1":                 false,
		"https://localhost/":                         false,
		"https://127.0.0.1/":                         false,
		"https://[::1]/":                             false,
		"https://169.254.169.254/latest/meta-data":   false,
		"https://2130706433/":                        false,
		"http://127.0.0.1:8081/":                     false,
		"http://127.0.0.1/":                          false,
		"http://localhost:8080/dev/push/1":           false,
		"http://user@127.0.0.1:8080/dev/push/1":      false,
		"http://127.0.0.1:8080@evil.example/":        false,
		"https://127.0.0.1:8080/dev/push/1":          false,
		"https://metadata.google.internal/computeMe": false,
	} {
		if got := hosts.Allow(endpoint); got != want {
			t.Errorf("%s: %v", endpoint, got)
		}
	}
	known, err := NewHosts(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range []string{"http://127.0.0.1:8080/dev/push/1", "https://push.example.com/1"} {
		if known.Allow(endpoint) {
			t.Errorf("%s is taken although nobody said so", endpoint)
		}
	}
}

func TestHostsThatNobodyShouldAdd(t *testing.T) {
	for _, entry := range []string{
		"localhost", "127.0.0.1", "::1", ".", ".com.", "*.example.com", "https://push.example.com", "http://169.254.169.254",
		"http://push.example.com", "http://127.0.0.1:8080/dev", "http://[::", "push.example.com:8443", "push_service.example.com",
	} {
		if _, err := NewHosts([]string{entry}); err == nil {
			t.Errorf("%s was added", entry)
		}
	}
}
