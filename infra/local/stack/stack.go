package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/infra/local/events"
	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/infra/local/issuer"
	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/infra/local/pushservice"
	"github.com/parley-im/parley/infra/local/s3"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/infra/local/ssm"
	"github.com/parley-im/parley/pkg/topology"
)

// Stack is a running deployment.
type Stack struct {
	// Web is the URL of tokens, health and notifications; Gateway where clients connect (ws://…/local).
	Web, Gateway string
	// The parts, for tests and the console.
	Lambda     *lambda.Service
	API        *apigateway.Gateway
	SNS        *sns.Service
	SQS        *sqs.Service
	Events     *events.Service
	Issuer     *issuer.Issuer
	DynamoDB   *dynamodb.Server
	Connection string // of the management API, http://…/local
	// Browsers stand in for those whose push service is this machine's; VapidKey is what any browser subscribes with.
	Browsers *pushservice.Service
	VapidKey string

	closers []func(context.Context)
	failed  chan error
	once    sync.Once
	// ready is closed when functions can be invoked: SNS starts before Lambda, because functions are told its ARNs, and may
	// have something to deliver from the last time.
	ready chan struct{}
	// slots bounds how many invocations run at once.
	slots chan struct{}
}

// perCore is how many invocations may run at once for each core. AWS would bring more machines; here more processes than
// this only slow each other down, so further invocations wait.
const perCore = 8

// Start starts everything and returns when it is ready. If a part cannot start, those that did are stopped and the error
// says in one line what to do.
func Start(ctx context.Context, cfg Config) (*Stack, error) {
	s := &Stack{failed: make(chan error, 1), ready: make(chan struct{}), slots: make(chan struct{}, perCore*runtime.NumCPU())}
	if err := s.start(ctx, cfg); err != nil {
		s.Close(ctx)
		return nil, err
	}
	return s, nil
}

// Failed receives an error if a part dies later.
func (s *Stack) Failed() <-chan error { return s.failed }

// Close stops everything in the reverse order of its start and returns when no child is left.
func (s *Stack) Close(ctx context.Context) {
	s.once.Do(func() {
		for i := len(s.closers) - 1; i >= 0; i-- {
			s.closers[i](ctx)
		}
	})
}

func (s *Stack) onClose(f func(context.Context)) { s.closers = append(s.closers, f) }

func (s *Stack) start(ctx context.Context, cfg Config) error {
	if cfg.Clock == nil {
		cfg.Clock = clock.Real{}
	}
	// The embedded S3 gateway changes the working directory of the process, so no path may be relative to it.
	for _, path := range []*string{&cfg.Data, &cfg.Functions, &cfg.DynamoDB} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	if missing := missingFunctions(cfg.Functions); len(missing) > 0 {
		return fmt.Errorf("functions are not built: %s lacks %s; run `make local`", cfg.Functions, strings.Join(missing, ", "))
	}
	release, err := claim(cfg.Data)
	if err != nil {
		return err
	}
	s.onClose(func(context.Context) { release() })

	web, err := listen("web", cfg.Ports.Web)
	if err != nil {
		return err
	}
	s.onClose(func(context.Context) { _ = web.Close() })
	gateway, err := listen("gateway", cfg.Ports.Gateway)
	if err != nil {
		return err
	}
	s.onClose(func(context.Context) { _ = gateway.Close() })
	s.Web = "http://" + web.Addr().String()
	s.Gateway = "ws://" + gateway.Addr().String() + "/" + Stage
	s.Connection = "http://" + gateway.Addr().String() + "/" + Stage

	where := places{
		web: s.Web, gateway: s.Connection, logLevel: cfg.LogLevel.String(),
		edgeKeys: cfg.EdgeKeys,
		origins:  append([]string{s.Web, strings.Replace(s.Web, "127.0.0.1", "localhost", 1)}, cfg.Origins...),
	}
	if cfg.Console != nil {
		where.traces = s.Web + console.TracesPath
	}
	for _, start := range []func(context.Context, Config, *places) error{
		s.startDynamoDB, s.startS3, s.startSQS, s.startSNS, s.startSSM, s.tapConnections, s.startLambda,
	} {
		if err := start(ctx, cfg, &where); err != nil {
			return err
		}
	}
	if err := s.startEvents(cfg); err != nil {
		return err
	}
	if err := s.startGateway(cfg, gateway); err != nil {
		return err
	}
	return s.startWeb(cfg, where, web)
}

func (s *Stack) startDynamoDB(ctx context.Context, cfg Config, where *places) error {
	port, err := reserve("dynamodb", cfg.Ports.DynamoDB)
	if err != nil {
		return err
	}
	s.DynamoDB, err = dynamodb.Start(ctx, dynamodb.Config{
		Binary: cfg.DynamoDB, Port: port, File: filepath.Join(cfg.Data, "dynamodb.sqlite"),
	})
	if err != nil {
		return err
	}
	closing := make(chan struct{})
	s.onClose(func(context.Context) {
		close(closing)
		s.DynamoDB.Close()
	})
	go func() {
		select {
		case <-closing:
		case <-s.DynamoDB.Exited():
			s.fail(errors.New("dynamodb: the emulator ended"))
		}
	}()
	if where.dynamodb, err = s.tapped(cfg, "dynamodb", s.DynamoDB.URL()); err != nil {
		return err
	}
	return dynamodb.Create(ctx, s.tables(), topology.Tables...)
}

// tables is a client of the emulator itself.
func (s *Stack) tables() *awsdynamodb.Client {
	return awsdynamodb.NewFromConfig(aws.Config{
		Region: Region, BaseEndpoint: aws.String(s.DynamoDB.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, ""),
	})
}

func (s *Stack) startS3(ctx context.Context, cfg Config, where *places) error {
	port, err := reserve("s3", cfg.Ports.S3)
	if err != nil {
		return err
	}
	server, err := s3.Start(ctx, s3.Config{
		Region: Region, AccessKey: AccessKey, SecretKey: SecretKey, Port: port,
		Dir: filepath.Join(cfg.Data, "s3"), Bucket: topology.Media.Name, Origins: where.origins,
	})
	if err != nil {
		return err
	}
	s.onClose(func(context.Context) { server.Close() })
	where.s3, err = s.tapped(cfg, "s3", server.URL())
	return err
}

func (s *Stack) startSQS(_ context.Context, cfg Config, where *places) error {
	l, err := listen("sqs", cfg.Ports.SQS)
	if err != nil {
		return err
	}
	where.sqsURL = "http://" + l.Addr().String()
	s.SQS, err = sqs.New(sqs.Config{
		Region: Region, Account: Account, BaseURL: where.sqsURL, Secret: secret, Queues: queues(),
		Dir: filepath.Join(cfg.Data, "sqs"), Clock: cfg.Clock, Logger: cfg.Logger,
	})
	if err != nil {
		_ = l.Close()
		return fmt.Errorf("sqs: %w", err)
	}
	s.onClose(func(context.Context) { _ = s.SQS.Close() })
	s.serve(l, cfg.watched("sqs", s.SQS))
	where.sqs = s.SQS
	where.sqsURL, err = s.tapped(cfg, "sqs", where.sqsURL)
	return err
}

func (s *Stack) startSNS(_ context.Context, cfg Config, where *places) error {
	l, err := listen("sns", cfg.Ports.SNS)
	if err != nil {
		return err
	}
	where.snsURL = "http://" + l.Addr().String()
	var platforms []sns.Application
	for _, application := range applications {
		platforms = append(platforms, application)
	}
	closing := make(chan struct{})
	s.SNS, err = sns.New(sns.Config{
		Region: Region, Account: Account, Secret: secret, Topics: topics(), Applications: platforms,
		Deliver: func(_ context.Context, function string, event []byte) error {
			select {
			case <-s.ready:
			case <-closing:
				return lambda.ErrClosed
			}
			_, err := s.Lambda.InvokeAsync(function, event)
			if errors.Is(err, lambda.ResourceNotFound) {
				return fmt.Errorf("%w: %w", sns.ErrNoTarget, err)
			}
			return err
		},
		Send: func(_ context.Context, queue, body string, _ map[string]sns.Attribute) error {
			_, err := s.SQS.Send(queue, body, nil)
			return err
		},
		Dir: filepath.Join(cfg.Data, "sns"), Clock: cfg.Clock, Logger: cfg.Logger,
	})
	if err != nil {
		_ = l.Close()
		return fmt.Errorf("sns: %w", err)
	}
	s.onClose(func(context.Context) {
		close(closing)
		_ = s.SNS.Close()
	})
	s.serve(l, cfg.watched("sns", s.SNS))
	where.sns = s.SNS
	where.snsURL, err = s.tapped(cfg, "sns", where.snsURL)
	return err
}

// startSSM starts the parameters, of which the private key is one, and the browsers that subscribe with the public one.
func (s *Stack) startSSM(_ context.Context, cfg Config, where *places) error {
	pair, err := openVapid(cfg.Data)
	if err != nil {
		return err
	}
	l, err := listen("ssm", cfg.Ports.SSM)
	if err != nil {
		return err
	}
	s.VapidKey, s.Browsers = pair.Public, pushservice.New(s.Web+pushPath, pair.Public)
	where.vapidKey = pair.Public
	where.ssmURL = "http://" + l.Addr().String()
	s.serve(l, ssm.New(ssm.Config{
		Region: Region, Account: Account, Secret: secret, Parameters: map[string]string{parameter(topology.Vapid): pair.Private},
	}))
	where.ssmURL, err = s.tapped(cfg, "ssm", where.ssmURL)
	return err
}

func (s *Stack) startLambda(_ context.Context, cfg Config, where *places) error {
	settings := lambda.Config{
		// There is no session token, because the S3 gateway refuses every one.
		Region: Region, Account: Account, AccessKeyID: AccessKey, SecretAccessKey: SecretKey,
		Logs: cfg.Logs, DeadLetter: func(d lambda.DeadLetter) { s.keep(cfg, d) },
	}
	asked := func(string) {}
	if cfg.Console != nil {
		settings.Watcher, settings.Logs, asked = cfg.Console, cfg.Console.Logs(cmp.Or[io.Writer](cfg.Logs, io.Discard)), cfg.Console.Polled
	}
	var err error
	s.Lambda, err = lambda.New(settings, where.functions(cfg.Functions)...)
	if err != nil {
		return err
	}
	if cfg.Faults != nil {
		cfg.Faults.Watch(s.Lambda)
	}
	close(s.ready)
	ctx, cancel := context.WithCancel(context.Background())
	var pollers sync.WaitGroup
	s.onClose(func(ctx context.Context) {
		cancel()
		pollers.Wait()
		_ = s.Lambda.Close(ctx)
	})
	for _, f := range topology.Functions {
		if f.Queue == nil {
			continue
		}
		pollers.Go(func() {
			err := s.Lambda.Poll(ctx, lambda.EventSource{
				Queue: source{s.SQS, f.Queue.Name, func() { asked(f.Name) }}, Function: f.Name, BatchSize: f.Queue.Batch, ReportBatchItemFailures: true,
			})
			if err != nil && ctx.Err() == nil {
				s.fail(fmt.Errorf("sqs: poll %s: %w", f.Queue.Name, err))
			}
		})
	}
	return nil
}

func (s *Stack) startGateway(cfg Config, l net.Listener) error {
	options := cfg.Gateway
	options.Clock, options.Log = cfg.Clock, cfg.Logger
	options.Secret = secret
	invoke := func(ctx context.Context, function string, payload []byte) (apigateway.Result, error) {
		s.slots <- struct{}{}
		defer func() { <-s.slots }()
		result, err := s.Lambda.Invoke(ctx, function, payload)
		return apigateway.Result{Payload: result.Payload, FunctionError: result.FunctionError}, err
	}
	if cfg.Faults != nil {
		invoke = cfg.Faults.Invoke(invoke)
	}
	if cfg.Console != nil {
		invoke = cfg.Console.Invoke(invoke)
	}
	var err error
	s.API, err = apigateway.New(api(cfg.Limits), invoke, options)
	if err != nil {
		return fmt.Errorf("apigateway: %w", err)
	}
	s.onClose(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		if cfg.Faults != nil {
			_ = cfg.Faults.Set(faults.Plan{}) // an end that is held back would hold back the stack's
		}
		_ = s.API.Close(ctx)
	})
	s.serve(l, cfg.watched("apigateway", s.API))
	return nil
}

// keep stores an event that a function has failed at for good in the dead-letter queue of the function's topic.
func (s *Stack) keep(cfg Config, d lambda.DeadLetter) {
	for _, f := range topology.Functions {
		if f.Name != d.Function || f.Topic == nil {
			continue
		}
		if _, err := s.SQS.Send(f.Topic.DeadLetter.Name, string(d.Payload), nil); err != nil {
			cfg.Logger.Error("dead letter lost", "function", d.Function, "error", err)
		}
	}
}

// secret is what every stand-in asks for the key of a signature.
func secret(accessKey string) (string, bool) { return SecretKey, accessKey == AccessKey }

// serve serves until the stack is closed.
func (s *Stack) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.fail(err)
		}
	}()
	s.onClose(func(context.Context) { _ = server.Close() })
}

// fail reports the first failure.
func (s *Stack) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}
