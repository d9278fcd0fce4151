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
// is the app client, or with its access token, which was given to that; their subject is the user id.
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
	client := pool.AddClient(jsii.String("Client"), d.signIn(pool, &awscognito.UserPoolClientOptions{
		UserPoolClientName: d.name("app"),
		AuthFlows:          &awscognito.AuthFlow{UserSrp: jsii.Bool(true)},
		GenerateSecret:     jsii.Bool(false), // apps and pages keep no secret
		DisableOAuth:       jsii.Bool(true),
		// What is answered must not tell who has an account.
		PreventUserExistenceErrors: jsii.Bool(true),
		IdTokenValidity:            awscdk.Duration_Hours(jsii.Number(1)),
		AccessTokenValidity:        awscdk.Duration_Hours(jsii.Number(1)),
		RefreshTokenValidity:       awscdk.Duration_Days(jsii.Number(30)),
	}))
	d.issuer, d.audience = *pool.UserPoolProviderUrl(), *client.UserPoolClientId()
	d.jwks = d.issuer + "/.well-known/jwks.json"
	d.output("UserPool", "the user pool of "+topology.Name, pool.UserPoolId())
	d.output("UserPoolClient", "the app client that users sign in with", client.UserPoolClientId())
}

// signIn lets the web app use Cognito's own pages to sign in, by the code flow with PKCE; apps of one's own need no pages.
func (d *deployment) signIn(pool awscognito.UserPool, client *awscognito.UserPoolClientOptions) *awscognito.UserPoolClientOptions {
	if d.webURL == "" {
		return client
	}
	pool.AddDomain(jsii.String("SignIn"), &awscognito.UserPoolDomainOptions{
		CognitoDomain:       &awscognito.CognitoDomainOptions{DomainPrefix: jsii.String(d.signInName())},
		ManagedLoginVersion: awscognito.ManagedLoginVersion_CLASSIC_HOSTED_UI, // the newer one asks for a style that is made by hand
	})
	back := jsii.Strings(d.webURL+"/", d.webURL)
	client.DisableOAuth = nil
	client.OAuth = &awscognito.OAuthSettings{
		Flows:        &awscognito.OAuthFlows{AuthorizationCodeGrant: jsii.Bool(true)},
		Scopes:       &[]awscognito.OAuthScope{awscognito.OAuthScope_OPENID(), awscognito.OAuthScope_EMAIL(), awscognito.OAuthScope_PROFILE()},
		CallbackUrls: back, LogoutUrls: back,
	}
	return client
}

// signInName is that of the pages: no other account of the region may have it.
func (d *deployment) signInName() string { return *d.name(*d.stack.Account()) }

// poolHost says what the user pool is, and signInHost has its pages.
func (d *deployment) poolHost() string {
	return "https://cognito-idp." + *d.stack.Region() + "." + *d.stack.UrlSuffix()
}

func (d *deployment) signInHost() string {
	return "https://" + d.signInName() + ".auth." + *d.stack.Region() + ".amazoncognito.com"
}
