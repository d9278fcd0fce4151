package lambda

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// variablesLimit is the most that the variables of a function may measure, as the JSON object that configures them.
const variablesLimit = 4096

var variableName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]+$`)

// reservedVariables are those that a function's configuration must not set.
func reservedVariables() []string {
	return []string{
		"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
		"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
	}
}

func checkVariables(env map[string]string) error {
	var reserved []string
	for name := range env {
		if slices.Contains(reservedVariables(), name) {
			reserved = append(reserved, name)
		} else if !variableName.MatchString(name) {
			return fmt.Errorf("environment variable %q: a name is a letter and then letters, digits and _", name)
		}
	}
	if len(reserved) > 0 {
		slices.Sort(reserved)
		return fmt.Errorf("environment variables %s are reserved by Lambda", strings.Join(reserved, ", "))
	}
	measured, err := json.Marshal(env)
	if err != nil {
		return err
	}
	if len(measured) > variablesLimit {
		return fmt.Errorf("environment variables measure %d bytes, more than the limit of %d", len(measured), variablesLimit)
	}
	return nil
}

// variables returns the environment that all sandboxes of f share. Nothing of this process's own is in it. Variables
// that only make sense inside AWS's image (LD_LIBRARY_PATH, the X-Ray daemon's address) are left out.
func (cfg Config) variables(f Function) []string {
	env := []string{
		"_HANDLER=bootstrap",
		"AWS_REGION=" + cfg.Region,
		"AWS_DEFAULT_REGION=" + cfg.Region,
		"AWS_ACCESS_KEY_ID=" + cfg.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + cfg.SecretAccessKey,
		"AWS_LAMBDA_FUNCTION_NAME=" + f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=" + version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + f.Name,
		"LAMBDA_TASK_ROOT=" + filepath.Dir(f.Binary),
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		// These a function may configure; of two values exec takes the last.
		"LANG=en_US.UTF-8",
		"PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ=:UTC",
	}
	if cfg.SessionToken != "" {
		env = append(env, "AWS_SESSION_TOKEN="+cfg.SessionToken)
	}
	for name, value := range f.Env {
		env = append(env, name+"="+value)
	}
	return env
}
