"""Languages that people write in, as they call themselves: ISO 639-1, in order of their codes."""

from mastoapi.entities.instance import Language

_TABLE = """
aa Qafar
ab Аԥсшәа
ae Avestan
af Afrikaans
ak Akan
am አማርኛ
an aragonés
ar العربية
as অসমীয়া
av Avaric
ay Aymara
az azərbaycan
ba башҡорт теле
be беларуская
bg български
bi Bislama
bm bamanakan
bn বাংলা
bo བོད་སྐད་
br brezhoneg
bs bosanski
ca català
ce нохчийн
ch Chamorro
co corsu
cr Cree
cs čeština
cu церковнослове́нскїй
cv чӑваш
cy Cymraeg
da dansk
de Deutsch
dv ދިވެހިބަސް
dz རྫོང་ཁ
ee Eʋegbe
el Ελληνικά
en English
eo Esperanto
es español
et eesti
eu euskara
fa فارسی
ff Pulaar
fi suomi
fj Fijian
fo føroyskt
fr français
fy Frysk
ga Gaeilge
gd Gàidhlig
gl galego
gn avañe’ẽ
gu ગુજરાતી
gv Gaelg
ha Hausa
he עברית
hi हिन्दी
ho Hiri Motu
hr hrvatski
ht Kreyòl Ayisyen
hu magyar
hy հայերեն
hz Herero
ia interlingua
id Indonesia
ie Interlingue
ig Igbo
ii ꆈꌠꉙ
ik Inupiaq
io Ido
is íslenska
it italiano
iu ᐃᓄᒃᑎᑐᑦ
ja 日本語
jv Jawa
ka ქართული
kg Kongo
ki Gikuyu
kj Kuanyama
kk қазақ тілі
kl kalaallisut
km ខ្មែរ
kn ಕನ್ನಡ
ko 한국어
kr Kanuri
ks کٲشُر
ku kurdî (kurmancî)
kv Komi
kw kernewek
ky кыргызча
la Latina
lb Lëtzebuergesch
lg Luganda
li Limburgish
ln lingála
lo ລາວ
lt lietuvių
lu Tshiluba
lv latviešu
mg Malagasy
mh Marshallese
mi Māori
mk македонски
ml മലയാളം
mn монгол
mr मराठी
ms Melayu
mt Malti
my မြန်မာ
na Nauru
nb norsk bokmål
nd isiNdebele
ne नेपाली
ng Ndonga
nl Nederlands
nn norsk nynorsk
no norsk
nr isiNdebele
nv Diné Bizaad
ny Nyanja
oc occitan
oj Ojibwa
om Oromoo
or ଓଡ଼ିଆ
os ирон
pa ਪੰਜਾਬੀ
pi Pali
pl polski
ps پښتو
pt português
qu Runasimi
rm rumantsch
rn Ikirundi
ro română
ru русский
rw Ikinyarwanda
sa संस्कृत भाषा
sc sardu
sd سنڌي
se davvisámegiella
sg Sängö
si සිංහල
sk slovenčina
sl slovenščina
sm Samoan
sn chiShona
so Soomaali
sq shqip
sr српски
ss siSwati
st Sesotho
su Basa Sunda
sv svenska
sw Kiswahili
ta தமிழ்
te తెలుగు
tg тоҷикӣ
th ไทย
ti ትግርኛ
tk türkmen dili
tn Setswana
to lea fakatonga
tr Türkçe
ts Xitsonga
tt татар
tw Twi
ty Tahitian
ug ئۇيغۇرچە
uk українська
ur اردو
uz o‘zbek
ve Tshivenḓa
vi Tiếng Việt
vo Volapük
wa walon
wo Wolof
xh IsiXhosa
yi ייִדיש
yo Èdè Yorùbá
za Vahcuengh
zh 中文
zu isiZulu
"""

LANGUAGES = tuple(Language(code=line[:2], name=line[3:]) for line in _TABLE.strip().splitlines())
