package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// cognito is the value of the context key "issuer" that makes the stack bring its own.
const cognito = "cognito"

// addIdentity creates a user pool if the deployer has no issuer of tokens. Clients connect with its ID token, whose audience
// is the app client; its subject is the user id.
func (d *deployment) addIdentity() {
	if d.issuer != cognito {
		return
	}
	group := d.group("Identity")
	pool := awscognito.NewUserPool(group, jsii.String("Pool"), &awscognito.UserPoolProps{
		UserPoolName:      d.name("users"),
		SelfSignUpEnabled: jsii.Bool(true),
		SignInAliases:     &awscognito.SignInAliases{Email: jsii.Bool(true)},
		AutoVerify:        &awscognito.AutoVerifiedAttrs{Email: jsii.Bool(true)},
		AccountRecovery:   awscognito.AccountRecovery_EMAIL_ONLY,
		Mfa:               awscognito.Mfa_OPTIONAL,
		MfaSecondFactor:   &awscognito.MfaSecondFactor{Otp: jsii.Bool(true), Sms: jsii.Bool(false)},
		PasswordPolicy: &awscognito.PasswordPolicy{
			MinLength: jsii.Number(12), RequireLowercase: jsii.Bool(true), RequireUppercase: jsii.Bool(true),
			RequireDigits: jsii.Bool(true), RequireSymbols: jsii.Bool(true),
		},
		DeletionProtection: jsii.Bool(d.production()),
		RemovalPolicy:      d.removal(),
	})
	client := pool.AddClient(jsii.String("Client"), &awscognito.UserPoolClientOptions{
		UserPoolClientName: d.name("app"),
		AuthFlows:          &awscognito.AuthFlow{UserSrp: jsii.Bool(true)},
		GenerateSecret:     jsii.Bool(false), // apps and pages keep no secret
		DisableOAuth:       jsii.Bool(true),
		// What is answered must not tell who has an account.
		PreventUserExistenceErrors: jsii.Bool(true),
		IdTokenValidity:            awscdk.Duration_Hours(jsii.Number(1)),
		RefreshTokenValidity:       awscdk.Duration_Days(jsii.Number(30)),
	})
	d.issuer, d.audience = *pool.UserPoolProviderUrl(), *client.UserPoolClientId()
	d.jwks = d.issuer + "/.well-known/jwks.json"
	d.output("UserPool", "the user pool of "+topology.Name, pool.UserPoolId())
	d.output("UserPoolClient", "the app client that users sign in with", client.UserPoolClientId())
}
