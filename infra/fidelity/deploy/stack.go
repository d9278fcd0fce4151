package main

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/infra/fidelity"
)

// code is the folder of what is uploaded as the actor.
const code = "build/fidelity"

func synthesize() error {
	if err := compile(); err != nil {
		return err
	}
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	if err := addStack(app); err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}

// compile builds the actor for Lambda.
func compile() error {
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w",
		"-o", code+"/bootstrap", "./infra/fidelity/actor")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the actor: %w\n%s", err, out)
	}
	return nil
}

func addStack(app awscdk.App) error {
	stack := awscdk.NewStack(app, jsii.String("Parley-fidelity"), &awscdk.StackProps{
		Description: jsii.String("APIs that the fidelity suite of Parley asks what API Gateway does. Safe to delete."),
	})
	main, bare := newGateway(stack, fidelity.Main), newGateway(stack, fidelity.Bare)
	actor := newFunction(stack, "Actor", map[string]*string{fidelity.EnvConnections: main.address("https")})
	actor.AddToRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings("execute-api:ManageConnections"),
		Resources: jsii.Strings(main.arn(fidelity.Stage + "/*/@connections/*")),
	}))
	stranger := newFunction(stack, "Stranger", nil) // that no API may invoke
	for _, g := range []*gateway{main, bare} {
		if err := g.addRoutes(actor, stranger); err != nil {
			return err
		}
	}
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{
		Value: main.address("wss"), Description: jsii.String("FIDELITY_URL"),
	})
	awscdk.NewCfnOutput(stack, jsii.String("BareUrl"), &awscdk.CfnOutputProps{
		Value: bare.address("wss"), Description: jsii.String("FIDELITY_BARE_URL"),
	})
	return nil
}

func newFunction(stack awscdk.Stack, name string, env map[string]*string) awslambda.Function {
	return awslambda.NewFunction(stack, jsii.String(name), &awslambda.FunctionProps{
		Code:         awslambda.Code_FromAsset(jsii.String(code), nil),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		MemorySize:   jsii.Number(256),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(fidelity.ActorTimeout.Seconds())),
		Environment:  &env,
		LogGroup: awslogs.NewLogGroup(stack, jsii.String(name+"Logs"), &awslogs.LogGroupProps{
			Retention: awslogs.RetentionDays_ONE_DAY, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		}),
	})
}
