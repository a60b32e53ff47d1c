# ruff: noqa: RUF001  (typographic quotes, dashes and full-width signs are what buyers and merchants really type)
"""Invented people, streets, products and hostile texts from which orders are made. None of them is real."""

from __future__ import annotations

FIRST_NAMES = (
    "Léa", "Noé", "Zoé", "Anaïs", "François", "Chloé", "Gaël", "Inès", "Jürgen", "Käthe", "Øystein", "Søren", "Łukasz",
    "Žofia", "Íñigo", "Conceição", "João", "Marta", "Hugo", "Emma", "Lucas", "Manon", "Nils", "Greta", "Piet",
    "Sanne", "Ramón", "Núria", "Oona", "Théo",
)  # fmt: skip
LAST_NAMES = (
    "Exemple", "Dupont-Test", "Spécimen", "Müstermann", "Beispiel", "Ejemplo", "Exemplo", "Voorbeeld", "Przykład",
    "Ñandú", "O’Sample", "d’Échantillon", "Gößmann", "Façade", "Prøve", "Saint-Essai", "Démo", "Pröbst",
    "Müller-Muster", "van der Proef",
)  # fmt: skip
STREETS = (
    "rue du Test", "avenue de l’Exemple", "impasse des Échantillons", "chemin de la Démo", "Musterstraße", "Probeweg",
    "Teststraat", "calle de la Prueba", "travessa do Exemplo", "Provgatan",
    "ulica Przykładowa", "Sample Road",
)  # fmt: skip
CITIES = {
    "FR": (("44000", "Nantes"), ("69003", "Lyon"), ("59000", "Lille"), ("31000", "Toulouse"), ("67000", "Strasbourg"),
           ("29200", "Brest"), ("33000", "Bordeaux"), ("42000", "Saint-Étienne")),
    "DE": (("10115", "Berlin"), ("50667", "Köln"), ("80331", "München"), ("40213", "Düsseldorf"),
           ("90402", "Nürnberg")),
    "NL": (("1012 AB", "Amsterdam"), ("3511 AB", "Utrecht"), ("5211 AB", "’s-Hertogenbosch")),
    "ES": (("28001", "Madrid"), ("15001", "A Coruña"), ("29001", "Málaga")),
    "PT": (("1100-001", "Lisboa"), ("4000-001", "Porto"), ("3000-001", "Coimbra")),
    "GB": (("EC1A 1BB", "London"), ("M1 1AE", "Manchester"), ("CF10 1AA", "Cardiff")),
    "SE": (("111 20", "Stockholm"), ("411 03", "Göteborg"), ("211 11", "Malmö")),
    "PL": (("00-001", "Warszawa"), ("90-001", "Łódź"), ("50-001", "Wrocław")),
    "CH": (("8001", "Zürich"), ("1201", "Genève"), ("3000", "Bern")),
    "TR": (("34000", "İstanbul"), ("06000", "Ankara")),
}  # fmt: skip
CURRENCIES = {
    "EUR": ("€", "Euro"),
    "GBP": ("£", "British Pound"),
    "SEK": ("kr", "Swedish Krona"),
    "PLN": ("zł", "Zloty"),
    "CHF": ("CHF", "Swiss Franc"),
    "TRY": ("₺", "Turkish Lira"),
    "USD": ("$", "US Dollar"),
}
COUNTRY_OF = {"GBP": "GB", "SEK": "SE", "PLN": "PL", "CHF": "CH", "TRY": "TR"}
RATES = {"EUR": 1.0, "GBP": 1.17, "SEK": 0.0881, "PLN": 0.2335, "CHF": 1.0425, "USD": 0.92}
"""Euros for one unit. A currency that is not here has no rate."""

PRODUCTS = (
    ("MUG-BLUE-2", "Stoneware mug, blue", "Kitchen > Mugs", 1490),
    ("TEA-250G", "Loose leaf tea, 250 g", "Grocery > Tea", 1245),
    ("BAG-CANVAS", "Sac en toile « Été », écru", "Bags", 3990),
    ("LAMP-OAK-45", "Lampe de chevet en chêne, 45 cm", "Home > Lighting", 7900),
    ("KNIFE-CHEF-20", "Chef’s knife 20 cm", "Kitchen > Knives", 5450),
    ("TOWEL-SET-4", "Badetücher, 4er-Set, weiß", "Bath", 3295),
    ("SHOE-RUN-42", "Chaussures de course, taille 42", "Sports > Running", 8990),
    ("TENT-2P", "Two-person tent, green", "Sports > Camping", 12900),
    ("BOTTLE-750", "Gourde isotherme 750 ml", "Sports > Accessories", 2190),
    ("DRILL-18V", "Perceuse-visseuse 18 V + 2 batteries", "Tools > Power tools", 11990),
    ("SCREW-500", "Assortiment de vis (500 pièces)", "Tools > Hardware", 1890),
    ("DRESS-M-RED", "Robe d’été rouge, M", "Fashion > Dresses", 4590),
    ("SOCKS-3", "Wool socks, 3 pairs", "Fashion > Socks", 1790),
    ("PUZZLE-1000", "Puzzle 1000 pièces — Mont Exemple", "Toys > Puzzles", 1699),
    ("DOLL-JULES", "Poupée Jules", "Toys > Dolls", 2999),
    ("CABLE-USBC-2M", "USB-C cable 2 m", "Electronics > Cables", 990),
    ("HEADSET-BT", "Bluetooth headset", "Electronics > Audio", 5999),
    ("FILTER-A4", "Filtre à eau A4", "Home > Kitchen", 1350),
    ("PLANT-FICUS", "Ficus, 80 cm", "Garden > Plants", 3450),
    ("HOSE-25M", "Tuyau d’arrosage 25 m", "Garden > Watering", 2990),
    ("SOAP-OLIVE", "Savon à l’huile d’olive", "Beauty > Soap", 690),
    ("CREAM-50", "Crème de jour 50 ml", "Beauty > Care", 2450),
    ("BOOK-SAMPLE", "The Book of Samples (2nd ed.)", "Books", 1890),
    ("CHAIR-DESK", "Desk chair, grey", "Furniture > Chairs", 14900),
)

HOSTILE_NAMES = {
    "bidi": "\u202eeldnohC\u202c \u2066Anna\u2069 عبد الله \u200f(اختبار)",
    "emoji": "Zoé 🦄 👩‍👩‍👧‍👦 Licorne 🇫🇷 e\u0301",
    "escapes": "\x1b[31mRouge\x1b[0m \x1b]0;owned\x07\x1b]8;;http://evil.example\x07ici\x1b]8;;\x07 \x9b2J\x00\x7f",
    "markup": "[red]Bold[/red] [/] [link=https://evil.example]x[/link] :smile: [bold",
    "formula": '=HYPERLINK("http://evil.example","Free")',
}
HOSTILE_TITLES = {
    "bidi": "Gift card \u202etxt.exe\u202c — \u2067אבג\u2069",
    "emoji": "T-shirt 🔥🔥 – taille M ✅ \u200bneuf",
    "escapes": "Mug \x1b[2J\x1b[1;1Hblue\r\nsecond line\x08\x08\ttab \u2028end",
    "markup": "[/] Lamp [blink]sale[/blink] [@click=app.quit]50 %[/]",
    "formula": "=1+1+cmd|' /C calc'!A0",
}
FORMULA_TITLES = ("=1+1+cmd|' /C calc'!A0", "+SUM(A1:A9)", "-2+3", "@SUM(1,2)", "\t=A1", "＝1+1")
COMMENTS = (
    "Laisser au gardien, merci !",
    "Bitte klingeln bei „Müstermann“",
    "Please gift-wrap.\nSecond floor.",
    "Livraison l’après-midi uniquement",
)
