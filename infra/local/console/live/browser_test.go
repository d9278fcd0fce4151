package live

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestABrowserSeesWhatIsSaid(t *testing.T) {
	b := local.open(t)
	ann, bob := someone("ann"), someone("bob")
	phone, bobsPhone := local.connect(t, ann), local.connect(t, bob)
	said := phone.says(t, bob, "<b>see you</b> at the harbour")
	receive(t, bobsPhone.entries)

	seen := b.ask(fmt.Sprintf("wait %d", local.account("send").Count))
	if !slices.Contains(seen.Ledger, "send") || !slices.Contains(seen.Ledger, "connect") || seen.Chart == 0 || !strings.Contains(seen.Message, "gateway") {
		t.Errorf("%+v", seen)
	}
	seen = b.ask("look " + string(said.Conversation))
	if text := strings.Join(seen.Items, "\n"); !strings.Contains(text, "<b>see you</b>") || !strings.Contains(text, "Z#head") {
		t.Errorf("the table shows %s", text)
	}
	if len(seen.Troubles) > 0 {
		t.Errorf("the browser complains: %q", seen.Troubles)
	}
	if want := []string{strings.TrimPrefix(local.Web, "http://")}; !slices.Equal(seen.Hosts, want) {
		t.Errorf("the page asks %v, not only %v", seen.Hosts, want)
	}
	if *picture != "" {
		local.talk(t)
		b.ask("picture " + filepath.Join(local.folder(), *picture))
	}
}

// browser is one with the console open.
type browser struct {
	t     *testing.T
	in    io.Writer
	lines *bufio.Scanner
}

// seen is what the script in testdata tells.
type seen struct {
	Title, Message          string
	Chart                   int
	Ledger, Items, Troubles []string
	Hosts                   []string
}

// open opens the page in Chromium, or skips the test where there is none.
func (w watched) open(t *testing.T) browser {
	t.Helper()
	find := func(get string, names ...string) string {
		for _, name := range names {
			if path, err := exec.LookPath(name); err == nil {
				return path
			}
		}
		t.Skipf("none of %v is on the PATH: %s", names, get)
		return ""
	}
	chromium := find("on Debian, apt-get install chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	node := find("install Node.js 20 or newer", "node")
	beside := filepath.Join(w.root, "infra", "fidelity", "clients", "package.json")
	if _, err := os.Stat(filepath.Join(filepath.Dir(beside), "node_modules", "playwright-core")); err != nil {
		t.Skip("what drives Chromium is not there: npm ci in infra/fidelity/clients, as the tests of infra/fidelity do")
	}
	script := filepath.Join(w.folder(), "live", "testdata", "browser.mjs")
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	cmd := exec.CommandContext(ctx, node, script, beside, chromium, w.Web+"/console")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // the script ends with its commands
		if err := cmd.Wait(); err != nil {
			t.Errorf("the browser ended with %v", err)
		}
		cancel()
	})
	b := browser{t, in, bufio.NewScanner(out)}
	if first := b.next(); first.Title != "Parley console" || len(first.Troubles) > 0 {
		t.Fatalf("%+v", first)
	}
	return b
}

// ask gives the script a command and returns what it tells.
func (b browser) ask(command string) seen {
	b.t.Helper()
	if _, err := fmt.Fprintln(b.in, command); err != nil {
		b.t.Fatal(err)
	}
	return b.next()
}

func (b browser) next() (s seen) {
	b.t.Helper()
	if !b.lines.Scan() {
		b.t.Fatal("the browser says nothing")
	}
	if err := json.Unmarshal(b.lines.Bytes(), &s); err != nil {
		b.t.Fatalf("%v: %s", err, b.lines.Text())
	}
	return s
}
