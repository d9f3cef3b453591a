import { describe, expect, it } from "vitest";
import { SecretKeys } from "../../redact/secret-keys.js";

const keys = new SecretKeys({ keys: [], allow: [] });
const kindOf = (name: string, judge = keys): string => judge.kindOf(name)?.kind ?? "-";

describe("a name that stands for a secret", () => {
  it.each([
    [
      "password Password PASSWORD userPassword db_password newPassword2 password_confirmation passwordHash dbpassword PASSWORDHASH dbpasswordold",
      "password",
    ],
    ["passwd pswd psw userPswd dbpswd pwd passphrase passcode dbPass pass #password", "password"],
    [
      "authorization Authorization Proxy-Authorization http.request.header.authorization auth authorizationHeader",
      "authorization",
    ],
    ["cookie Cookie set-cookie setCookie cookies cookieHeader", "cookie"],
    [
      "token accessToken access_token refresh-token idToken resetToken accesstoken accessTokens HINDCAST_TOKEN jwt",
      "token",
    ],
    ["secret client_secret clientSecret clientsecret secrets SECRET_VALUE secretString", "secret"],
    ["apiKey api_key API-KEY apikey x-api-key APIKey stripeApiKey apiKeys", "api-key"],
    ["AWS_SECRET_ACCESS_KEY secretKey accessKey", "access-key"],
    ["privateKey private_key signingKey hmacKey GPG_KEY HMACKEY signingkey USER_HOSTKEY", "private-key"],
    [
      "kubeconfig KUBE_CONFIG securityAnswer SECURITYANSWER license_key licensekey unlock_code",
      "credentials api-key otp",
    ],
    ["sessionId session_id JSESSIONID PHPSESSID connect.sid sid", "session-id"],
    ["csrf csrfToken _csrf x-xsrf-token", "csrf token"],
    ["ssn socialSecurityNumber", "ssn"],
    ["creditCard cardNumber credit_card_number creditcard CARDNUMBER", "card"],
    ["cvv cvc cvv2", "cvv"],
    ["connectionString connectionstring dsn SENTRY_DSN", "connection-string"],
    ["otp totp pin mfaCode credentials mnemonic", "otp pin credentials seed-phrase"],
  ])("%s", (names, kinds) => {
    const wrong = names.split(" ").filter((name) => !kinds.split(" ").includes(kindOf(name)));
    expect(wrong).toEqual([]);
  });
});

describe("a name that only speaks of secrets", () => {
  it.each([
    "tokenCount tokens max_tokens promptTokens tokenize tokenizer tokenType token_expires_at",
    "passwordResetUrlTemplate passwordLength passwordPolicy passwordRequired compass bypass passes",
    "secretary secretariat secretsManagerUrl cookiePolicy cookieBanner authorId author authority authorized authorizationUrl",
    "apiKeyCount apiUrl key keys keyId publicKey primaryKey keyboard monkey foreignKey idempotencyKey",
    "session sessionTimeout sessions sessionCount pinned spinner opinion pins description sidebar inside",
    "PWD OLDPWD cardinality cardType discard dashboard otpEnabled basicAuth signature config significant",
    "id name balance account amount entry path url status GET 0 1 $type",
  ])("%s", (names) => {
    expect(names.split(" ").filter((name) => kindOf(name) !== "-")).toEqual([]);
  });
});

describe("names of one's own", () => {
  it("are secret when asked for, with numbers, and at the end of longer names", () => {
    const own = new SecretKeys({ keys: ["memberNumber"], allow: [] });
    expect(["memberNumber", "member_number", "oldMemberNumber"].map((name) => own.kindOf(name))).toEqual(
      Array(3).fill({ kind: "member-number", coversNumbers: true }),
    );
    expect(kindOf("numberOfMembers", own)).toBe("-");
  });

  it("are left alone when allowed, one by one or by kind", () => {
    const narrowed = new SecretKeys({ keys: [], allow: ["designToken", "cookie"] });
    expect(
      ["designToken", "design_token", "cookie", "set-cookie", "token"].map((name) => kindOf(name, narrowed)),
    ).toEqual(["-", "-", "-", "-", "token"]);
  });
});
