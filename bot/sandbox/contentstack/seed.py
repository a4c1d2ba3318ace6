"""The constants of the seeded organizations (CS §8.2) that clients and tests need.

Everything here is invented, the passwords and tokens too: they open nothing but this simulator.
"""

from __future__ import annotations

ORG_UID = "blt0a11ca11de500001"
ORG_NAME = "Example Group"
LABS_UID = "blt0a11ca11de500002"
LABS_NAME = "Example Labs"

ADMIN_ROLE = "blt0a11ca11ad000001"
MEMBER_ROLE = "blt0a11ca11ad000002"
SECURITY_ROLE = "blt0a11ca11ad000003"
ANALYTICS_ROLE = "blt0a11ca11ad000004"
OPERATIONS_ROLE = "blt0a11ca11ad000005"
LABS_ADMIN_ROLE = "blt0a11ca11ad000011"
LABS_MEMBER_ROLE = "blt0a11ca11ad000012"

OWNER = "owner@example.com"
BOT = "rollcall-bot@example.com"
ADA = "ada.admin@example.com"
GRACE = "grace.admin@example.com"
MIA = "mia.member@example.com"
GUS = "gus.guest@example.com"
SID = "sid.stranger@example.org"
DORA = "dora.deactivated@example.com"
LABS_OWNER = "lena.labs@example.org"

PASSWORD = "correct horse battery staple"  # noqa: S105 - the invented password of every seeded account
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - Ada's second factor, invented
BOT_AUTHTOKEN = "blt0000000000b07b07"
OWNER_AUTHTOKEN = "blt00000000000033e7"
ADA_AUTHTOKEN = "blt0000000000000ada"
GRACE_AUTHTOKEN = "blt0000000000097ace"
MIA_AUTHTOKEN = "blt00000000000003ea"
LABS_AUTHTOKEN = "blt000000000001ab50"
SCIM_TOKEN = "scim0000000000000000000000000001"  # noqa: S105 - invented
MANAGEMENT_TOKEN = "cs00000000000000000000000000000001"  # noqa: S105 - of the stack "Marketing site", invented

APP_UID = "000000000000000000000a01"
CLIENT_ID = "sandboxClientId001"
CLIENT_SECRET = "sandboxClientSecret001"  # noqa: S105 - invented
REDIRECT_URI = "http://127.0.0.1:8080/oauth/callback"
M2M_UID = "000000000000000000000a02"
M2M_CLIENT_ID = "sandboxClientId002"
M2M_CLIENT_SECRET = "sandboxClientSecret002"  # noqa: S105 - invented

MARKETING = "blt57ac000000000001"
SHOP = "blt57ac000000000002"
HELP = "blt57ac000000000003"
INTRANET = "blt57ac000000000004"
MOBILE = "blt57ac000000000005"
ARCHIVE = "blt57ac000000000006"
STACKS = {
    MARKETING: "Marketing site",
    SHOP: "Web shop",
    HELP: "Help center",
    INTRANET: "Intranet",
    MOBILE: "Mobile app",
    ARCHIVE: "Archive",
}
MEMBERS = 250  # §8.2: three pages
STACK_CROWD = 2_000  # at most so many generated people get stack roles
DAY = 86_400.0
EPOCH = 1_577_880_000.0  # 2020-01-01: the first membership

TIMED_LOCK = "tom.timed@example.com"
FULL_LOCK = "ivy.indefinite@example.com"
MULTI = "max.multi@example.com"
NO_SESSION = "nora.nosession@example.com"
IDP = "ida.idp@example.com"
EXTERNAL = "eva.external@example.com"
TWO_ROLES = "rita.tworoles@example.com"
IN_TEAM = "theo.team@example.com"
STACK_OWNER = "stella.stackowner@example.com"
PLUS = "paul+news@example.com"
UPPER = "Ulla.UPPER@Example.COM"
NON_ASCII = "zoe.lukasiewicz@example.com"
NEVER = "nils.never@example.com"
PENDING = "pia.pending@example.com"
MFA_USER = "mona.mfa@example.com"
SMS_USER = "sam.sms@example.com"
SECURITY = "sue.security@example.com"
LEADING_PLUS = "+first.plus@example.com"


def stack_role(api_key: str, name: str) -> str:
    """The uid of a seeded stack role: made from the stack and the role's name, so that tests can say it."""
    index = ("Admin", "Developer", "Content Manager", "Translator").index(name)
    return f"blt{api_key[-6:]}{index:010x}"
