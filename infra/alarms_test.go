package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/topology"
)

// drills are the pages that no alarm leads to: what people practise before they need it.
var drills = []string{"edge", "restore"}

func TestEveryAlarmHasAPageAndEveryPageAnAlarm(t *testing.T) {
	page := regexp.MustCompile(`\(infra/runbook/([a-z-]+)\.md\)$`)
	described := map[string]bool{}
	for id, r := range productionTemplate(t).Resources {
		if r.Type != "AWS::CloudWatch::Alarm" {
			continue
		}
		about, _ := r.Properties["AlarmDescription"].(string)
		name := page.FindStringSubmatch(about)
		if name == nil {
			t.Errorf("%s does not name its page: %q", id, about)
			continue
		}
		described[name[1]] = true
		if actions, _ := r.Properties["AlarmActions"].([]any); len(actions) != 1 {
			t.Errorf("%s tells %v", id, actions)
		}
	}
	files, err := filepath.Glob("runbook/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		if !described[name] && !slices.Contains(drills, name) {
			t.Errorf("no alarm leads to %s", file)
		}
		delete(described, name)
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(text), "# "+name+"\n") {
			t.Errorf("%s is not headed with its name: %v", file, err)
		}
	}
	for name := range described {
		t.Errorf("an alarm leads to a page %s that is not there", name)
	}
}

func TestAStageWithoutAnAddressHasNoAlarms(t *testing.T) {
	for id, r := range templateOf(t, map[string]any{"stage": "dev", "alarmEmail": ""}).Resources {
		if r.Type == "AWS::CloudWatch::Alarm" || strings.Contains(id, "Alarms") {
			t.Errorf("%s (%s)", id, r.Type)
		}
	}
}

// What watches must watch everything: a queue or a table that topology gets must not be forgotten.
func TestEveryQueueAndTableIsWatched(t *testing.T) {
	raw := string(productionTemplate(t).raw)
	for _, q := range granted[topology.Queue]() {
		for _, name := range []string{q.Name, q.DeadLetter.Name} {
			if strings.Count(raw, `"Value": "parley-prod-`+name+`"`) == 0 {
				t.Errorf("nobody watches the queue %s", name)
			}
		}
	}
	for _, table := range topology.Tables {
		if strings.Count(raw, `"Value": "parley-prod-`+table.Name+`"`) == 0 {
			t.Errorf("nobody watches the table %s", table.Name)
		}
	}
}

func TestTheDashboardShowsTheMetricsOfTheMeter(t *testing.T) {
	stack := productionTemplate(t)
	body, _ := stack.Resources[stack.only(t, "AWS::CloudWatch::Dashboard")].Properties["DashboardBody"].(string)
	for _, class := range append(slices.Compact(slices.Sorted(maps.Values(meter.Classes))), meter.Other) {
		if !strings.Contains(body, `"`+meter.Namespace+`","cost_microdollars","class","`+class+`","stage","prod"`) {
			t.Errorf("the dashboard does not show what %s costs", class)
		}
	}
	for _, part := range price.Parts {
		if strings.Count(body, "sum(parts_microdollars."+string(part)+")") != 2 {
			t.Errorf("the dashboard does not show %s as a part of a send and of all", part)
		}
	}
	shown := append(slices.Concat(meter.Posts, meter.Pushes, meter.Errors), meter.Conflict, meter.Retry, meter.StartMetric)
	for _, o := range shown {
		if !strings.Contains(body, `"`+meter.Namespace+`","`+string(o)+`","stage","prod"`) {
			t.Errorf("the dashboard does not show %s", o)
		}
	}
}
