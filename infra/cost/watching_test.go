package main

import (
	"encoding/json"
	"os"
	"testing"
)

func TestTheAlarmsThatArePaidAreThoseOfTheTemplate(t *testing.T) {
	b, err := os.ReadFile("../testdata/template.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Metrics []struct{ MetricStat *struct{} }
			}
		}
	}
	if err := json.Unmarshal(b, &template); err != nil {
		t.Fatal(err)
	}
	watched := 0
	for _, r := range template.Resources {
		if r.Type != "AWS::CloudWatch::Alarm" {
			continue
		}
		of := 0
		for _, m := range r.Properties.Metrics {
			if m.MetricStat != nil {
				of++
			}
		}
		watched += max(of, 1)
	}
	if watched != alarmed {
		t.Errorf("the alarms of the template watch %d metrics, the calculator says %d", watched, alarmed)
	}
}
