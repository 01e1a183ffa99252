/* Made by sigv4_vectors.py; what each flag means stands in test_sigv4.c. */
/* clang-format off */
{"a list", PLAIN,
    S("GET"), S("/v2/email/identities"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=3503a5e62db44223c9dfc80e2471323f9914d2f4aea2adf9676c0af6a6d15c63\r\n"),
    S("")},
{"an identity with @", PLAIN,
    S("GET"), S("/v2/email/identities/a%40b.example"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=5b85cecde3e180b8d6c89103406e9107070cbb4ff93025a4edeb30dd0766a37c\r\n"),
    S("")},
{"an identity with @ and +", PLAIN,
    S("DELETE"), S("/v2/email/identities/a%2Bb%40b.example"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=f07d88823d72d195893852ad54adaf71ee4121bf89ebbbe20a32d8920689867b\r\n"),
    S("")},
{"a policy name with blanks", PLAIN,
    S("GET"), S("/v2/email/identities/b.example/policies/a%20b%20%20c"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=051c2d7cd9420a905b0725ff11dda654d6e077959291dde5f4d56212deb1f836\r\n"),
    S("")},
{"a path beyond ASCII", PLAIN,
    S("GET"), S("/v2/email/templates/%E6%9B%B8%E5%BC%8F-%C3%A9"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=4334fac552e8e647991643ee7d486b2dce0f60d02162f882297177a920bf765b\r\n"),
    S("")},
{"a path with reserved characters", PLAIN,
    S("GET"), S("/v2/email/templates/a(b)!*'~$=:;,"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=13b64b83afe7c5bffe114f25fc1c043b26b2a655ad7b72fdfdda66405167b4e5\r\n"),
    S("")},
{"a path that ends in a slash", PLAIN,
    S("GET"), S("/v2/email/identities/"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=172b448065b243fa735d2e53c003d4b5497ef0b6175dfd5f94ec55fd077ac88b\r\n"),
    S("")},
{"a path with a slash too many", PLAIN,
    S("GET"), S("//v2/email//identities/./x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=24757850552ef0473a299b76ceb21243ed715902d905075b17af001d1c975bd0\r\n"),
    S("")},
{"a path that goes back", NORMALIZED,
    S("GET"), S("/v2/email/x/../identities/y/.."),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=3503a5e62db44223c9dfc80e2471323f9914d2f4aea2adf9676c0af6a6d15c63\r\n"),
    S("")},
{"no path", PLAIN,
    S("POST"), S("/"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=7cb0c0221e2b81f5e589bcdc2294da890b7c9d97e3f45ec19531a2ca897b2710\r\n"),
    S("Action=GetSendQuota&Version=2010-12-01")},
{"a root", PLAIN,
    S("POST"), S("/"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=7cb0c0221e2b81f5e589bcdc2294da890b7c9d97e3f45ec19531a2ca897b2710\r\n"),
    S("Action=GetSendQuota&Version=2010-12-01")},
{"a body in JSON", PLAIN,
    S("POST"), S("/v2/email/outbound-emails"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/json\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=3adf7d689732ad169d0e35c40831c4ac649c97ff451f55e91561d10d9bd5f7d7\r\n"),
    S("{\042FromEmailAddress\042:\042\303\251@b.example\042}")},
{"a body of any bytes", PLAIN,
    S("PUT"), S("/v2/email/identities/b.example/dkim"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/json\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=c6782f59eb6bedb53ca9239c1d903266ea928cb4722e52473077e2d69c41d88a\r\n"),
    S("\000\001\002\003\004\005\006\007\010\011\n\013\014\r\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037 !\042#$%&'()*+,-./0123456789:;<=>\077@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\134]^_`abcdefghijklmnopqrstuvwxyz{|}~\177\200\201\202\203\204\205\206\207\210\211\212\213\214\215\216\217\220\221\222\223\224\225\226\227\230\231\232\233\234\235\236\237\240\241\242\243\244\245\246\247\250\251\252\253\254\255\256\257\260\261\262\263\264\265\266\267\270\271\272\273\274\275\276\277\300\301\302\303\304\305\306\307\310\311\312\313\314\315\316\317\320\321\322\323\324\325\326\327\330\331\332\333\334\335\336\337\340\341\342\343\344\345\346\347\350\351\352\353\354\355\356\357\360\361\362\363\364\365\366\367\370\371\372\373\374\375\376\377")},
{"keys that repeat", PLAIN,
    S("GET"), S("/v2/email/suppression/addresses\077Reason=COMPLAINT&Reason=BOUNCE&Reason=A"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=646184646fb2c09f0282892bcc1e7883229e5894ff57326d20df22ea9347bf85\r\n"),
    S("")},
{"keys that sort by their encoding", PLAIN,
    S("GET"), S("/v2/email/x\077a=1&a-b=2&a%20b=3&A=4&a.b=5&%C3%A9=6"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=dfc2d76ba918795a721d8d8d36c7794b44ef959f57bd41d6c1199f36d177a672\r\n"),
    S("")},
{"values that are empty", PLAIN,
    S("GET"), S("/v2/email/x\077NextToken=&PageSize&Z=%20"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=479b322a4db3d80ca6e5da4e901ef0bd284565259dbd7723cbf01fc2346860f5\r\n"),
    S("")},
{"a value with everything", PLAIN,
    S("GET"), S("/v2/email/x\077StartDate=2026-11-25T00%3A00%3A00%2B01%3A00&N=a%3Db%26c%2Fd%25"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=378f07a28d7969203a95ea38fb23b04521206f40bd175e317f333ff07e46ae68\r\n"),
    S("")},
{"hexadecimal digits in lower case", PLAIN,
    S("GET"), S("/v2/email/x\077N=a%2fb%c3%a9"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=b2ef600ef8e62939751ece02c131b0b3e2936a4b0975b5bb172ab4168ef42207\r\n"),
    S("")},
{"a plus for a blank", PLAIN,
    S("GET"), S("/v2/email/x\077N=a+b"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=4d77d358a10f09b0e2d8e3a5d69905aaa82c5c2514b50aa0033400746815d9ff\r\n"),
    S("")},
{"unreserved characters encoded", PLAIN,
    S("GET"), S("/v2/email/x\077N=a%2Db"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=26845298f3b6defa33d6351f86b5ebd9139d260791d75d543f848d804d9267d8\r\n"),
    S("")},
{"headers of one name", PLAIN,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Meta: b\r\n"
     "Z: 1\r\n"
     "x-amz-meta:  a  b \r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date;x-amz-meta;z, Signature=15c008eb1ed330aa5d7c25bb952bfa68e3f9e5b056a935c2e2fae354a5df495c\r\n"),
    S("")},
{"blanks in values", PLAIN,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "My-Header:   a   b \011 c  \r\n"
     "Other: \042d   e\042\r\n"
     "Void: \r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;my-header;other;void;x-amz-date, Signature=01d01091dddad0342e60c1355f95155ed1cc2ce14062b020a6c0091a26ffda49\r\n"),
    S("")},
{"a Date header", PLAIN,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "Date: Thu, 26 Nov 2026 06:00:00 -0000\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=date;host, Signature=bd11d210a61bc5c9f44b93631cc31ce0b2d8c0df58b4741bf6d0d2b3bd5ae809\r\n"),
    S("")},
{"no blank after commas", PLAIN,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request,SignedHeaders=host;x-amz-date,Signature=9862d4658106db8dc8605ef95120c78bf16368e7f501257677ae07c9dda28851\r\n"),
    S("")},
{"headers in other case", PLAIN,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "x-AMZ-date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=9862d4658106db8dc8605ef95120c78bf16368e7f501257677ae07c9dda28851\r\n"),
    S("")},
{"headers not signed", LOOSE,
    S("POST"), S("/"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=1aa1aaf3bc96f3602520cd0cf2d0741a83020cd5d6634478ec68d0701a3d2ea9\r\n"
     "Content-Type: text/plain\r\n"
     "X-Amz-User-Agent: x\r\n"
     "amz-sdk-request: attempt=1\r\n"),
    S("Action=GetSendQuota")},
{"a payload that is not signed", PAYLOAD,
    S("POST"), S("/v2/email/outbound-emails"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/json\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "X-Amz-Content-SHA256: UNSIGNED-PAYLOAD\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=b3be32bfeb960d1dc310dac127ce27c10f174962fb6a0e03b2993a83bcd2e641\r\n"),
    S("{}")},
{"a payload hash", PLAIN,
    S("POST"), S("/v2/email/outbound-emails"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/json\r\n"
     "X-Amz-Content-SHA256: 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=f33c3c3edfcf5ca4fe8961858042f67bf88505c9c5afde849a73b94f5c9969f5\r\n"),
    S("{}")},
{"IAM", PLAIN,
    S("POST"), S("/"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=75388e94258acf7b434e7e9db93794d8c02adb0736c00fa7c3d0dc8eb577753c\r\n"),
    S("Action=ListUsers&Version=2010-05-08")},
{"Access Analyzer", PLAIN,
    S("POST"), S("/policy/validation"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/json\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/access-analyzer/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=cedf0a1aef1a2a01e30daac23e9645d009762d2fbbbf50ffa82a05e966d7d630\r\n"),
    S("{}")},
{"a presigned request", PLAIN,
    S("GET"), S("/\077Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261126%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261126T060000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=9fb62daaf9e90f1ccff43a9d6dd96d81f3f07e6f4e5695d2f2b2965f4b1f77f1"),
    S("Host: mail.example.org\r\n"),
    S("")},
{"a presigned path", PLAIN,
    S("GET"), S("/v2/email/identities/a%40b.example\077B=2&A=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261126%2Feu-central-1%2Fses%2Faws4_request&X-Amz-Date=20261126T060000Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host%3Bx-id&X-Amz-Signature=91c2d1e260966e307b242de364ac66091f1007c7126c069bba551107681ca97d"),
    S("Host: mail.example.org\r\n"
     "X-Id: c  d\r\n"),
    S("")},
{"a presigned body", PLAIN,
    S("POST"), S("/v2/email/x\077X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261126%2Feu-central-1%2Fses%2Faws4_request&X-Amz-Date=20261126T060000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Signature=6440dda8709f59e3fb765f1e5c961ecf772e8b88e4b1ee7bf3b348ca36ab8053"),
    S("Host: mail.example.org\r\n"
     "Content-Type: application/json\r\n"),
    S("")},
{"a session token", TOKEN,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "X-Amz-Security-Token: IQoJb3JpZ2luX2Vj\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=77ddac6727b4eb81d6dd3193cd058562b8c89951beb76e65157a672f37017c47\r\n"),
    S("")},
{"a presigned session token", TOKEN,
    S("GET"), S("/v2/email/x\077X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261126%2Feu-central-1%2Fses%2Faws4_request&X-Amz-Date=20261126T060000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=IQoJb3JpZ2luX2Vj&X-Amz-Signature=d787ae6d97ccc2468f4f46adda0b41086167a9d8a894e4c8d709d74096e4af90"),
    S("Host: mail.example.org\r\n"),
    S("")},
{"an empty secret", WRONG,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host;x-amz-date, Signature=774ac98c9992a541e3cdf60e9dd33dfd965be23ca22961c08e7af5d8115fac44\r\n"),
    S("")},
{"signed headers that are not sorted", WRONG,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=x-amz-date;host, Signature=a117622c057f7c51ff566c372d6836a2eeccb376b97a35561af9847933bc345a\r\n"),
    S("")},
{"a signed header that is not there", WRONG,
    S("GET"), S("/v2/email/x"),
    S("Host: mail.example.org\r\n"
     "X-Amz-Date: 20261126T060000Z\r\n"
     "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/eu-central-1/ses/aws4_request, SignedHeaders=absent;host;x-amz-date, Signature=a49417fd9016c5cfc12874d1d9ac4901495127bdfa94da7e6f275959691bb859\r\n"),
    S("")},
