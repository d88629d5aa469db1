"""Headers of exports: abbreviations of several languages, with dots, underscores, accents and any case."""

import pytest

from matchwright.drafting.hints import hint_of, words_of

HEADERS = {
    "birth": (
        "geb. am | geb.am | Geb.-Datum | GebDat | Geb.datum | geboren am | Geburtsdat. | Geburtstag | geb_dt "
        "| ddn | DDN | d.d.n. | date naiss. | date_naiss | dt_naiss | dtnaiss | né(e) le | né le | naiss | "
        "datenaiss | fec_nac | fecha nac. | f_nac | f. nac. | fch_nac | fechanac | FechaNacimiento | fec. "
        "nacimiento | nacido el | data nasc | dt_nasc | dta_nasc | nasc. | dn | dt. nascimento | data nasc. | "
        "nato il | dt_nascita | data nasc. | datanascita | d. nascita | geb.datum | gebdat | geb. dat. | "
        "geboren op | geboortedat | geb_datum | data ur. | dt_ur | data_urodz | ur. | urodz. | data urodz | "
        "d.o.b. | D.O.B | dt_birth | birth_dt | bdate | bday | BirthDt | dt of birth | f. nacimiento | fdn | "
        "dat_nar | datum narození | dat. nar. | fødselsdato | f.dato | født | fødd"
    ),
    "given_name": (
        "Vorn. | VName | V-Name | Rufn. | prén. | prenom_usuel | pren | prn | primer_nombre | nombres | nomb "
        "| 1er nombre | voorn. | vnaam | v.naam | roepnaam | imię | im. | first nm | fst_name | f_name | "
        "FName | firstnm | given nm | gname | 1st name | vorname1 | prenom1 | nom_pila | pnome | primeiro "
        "nome | nome_proprio | prénom(s) | VORNAME_1 | givenname"
    ),
    "surname": (
        "Nachn. | NName | N-Name | Zun. | Fam.-Name | Familienn. | nom_fam | nom famille | nom_naiss | nom "
        "usuel | nom marital | nom_jf | nomdefamille | apell. | ape1 | ape2 | apellido1 | apellido_1 | "
        "ap_paterno | apell_pat | ap. materno | 1er apellido | 2o apellido | cogn. | cogn | achtern. | anaam "
        "| a.naam | fam.naam | nazw. | nazw | nazwisko1 | last nm | lst_name | l_name | LName | lastnm | "
        "sname | surnm | ult_nome | ultimo_nome | últ. nome | apelidos | sobren | 2nd name"
    ),
    "address": (
        "Str. | Strasse | Straße + Nr. | Anschr. | Adr. | Straße/Hausnr. | straßenname | adr | adr1 | "
        "adresse_1 | adr. postale | lib_voie | nom_voie | libelle voie | type_voie | voie | bd | av. | dir. | "
        "direc | domic. | dom. | nom_via | indir. | ind. | indirizzo_res | ul. | ulica/nr | adr_zam | adres "
        "zamieszkania | end. | ender | logr. | morada | straatn. | str_naam | addr | addr1 | st_name | street "
        "nm | str addr | address ln 1 | via/piazza | viale"
    ),
    "street_number": (
        "Hausnr. | HNr. | Haus-Nr. | H.-Nr. | Hsnr | hausnummer | HausNr | hnr | num voie | no_voie | n° voie "
        "| numero voie | num_rue | n° rue | numéro de rue | no rue | num_calle | núm. calle | num. casa | nº "
        "casa | no_casa | numero exterior | num_ext | num_int | n. civico | n.civ. | num civico | nº porta | "
        "num porta | número da casa | huisnr. | huisnum | hnr. | nr domu | nr_dom | nr bud | nr budynku | "
        "house_num | house # | house nbr | str_no | st_num | bldg no | huisnummer toev"
    ),
    "postcode": (
        "PLZ | Postl. | plz_ort_nr | P.L.Z. | PLZahl | c.p. | CP | C_Postal | code post. | codepostal | "
        "cod_postal | cód. postal | cpostal | cod. post. | c.a.p. | CAP | cod_cap | cep | C.E.P. | cod post | "
        "postc. | pc | post_cd | pcode | zip cd | ZipCd | postal cd | kod poczt. | kod_poczt | kod-pocztowy | "
        "postnr. | PSČ | psc"
    ),
    "city": (
        "Wohnort | Ort | Stadtname | wohnh. in | Geb.-Ort | geb_ort | com. | commune_res | lib_commune | "
        "localité | ciud. | pobl. | mun. | munic. | loc. | loc_nac | lugar_nac | cid. | cidade_res | wpl | "
        "woonpl. | plaats | plaatsn. | miejsc. | m-sc | miejscow. | miasto | city nm | twn | cty_name | citta "
        "res | com. nascita | comune_nasc | lieu_naiss | lieu naiss. | miejsce ur."
    ),
    "phone": (
        "Tel. | Tel.-Nr. | TelNr | Telefonnr. | Fon | Handynr. | Mobilnr | Tel privat | tél. | tél | tel_port "
        "| n° tél | num tel | no_tel | numtel | tel. mobile | mobile | portable | gsm | tlf | tlf. | tfno | "
        "teléf. | telef | núm. tel | nº teléfono | movil | cel. | cel | celular | cell. | cell | n. tel. | "
        "num. telefono | tlm | telem. | contacto | telefoonnr | tel.nr. | mob. | mob nr | mobielnr | nr tel. "
        "| nr_tel | kom. | tel. kom. | tel. kontaktowy | ph | ph_no | phn | phone nbr | phone # | mob_no | "
        "cell no | contact number | fax_nr"
    ),
    "email": (
        "E-Mail-Adr. | Mail | Mailadr. | eMail | E_Mail | courriel | mél | mel | adr_mail | adr. mail | "
        "adresse courriel | correo elec. | correo_e | mail_cli | e-correo | c. elec | posta el. | email_addr "
        "| e-mailadr. | emailadr | adres e-mail | e-poczta | eml"
    ),
    "national_id": (
        "Steuernr. | Steuer-Nr. | St.-Nr. | StNr | SteuerID | IdNr | USt-IdNr. | UStID | SV-Nr. | SVNr | "
        "SozVersNr | Ausweisnr. | Perso-Nr | RV-Nr | KVNR | IBAN | Kto-Nr. | Kontonr. | n° sécu | num_secu | "
        "no secu | numéro sécurité sociale | nss | n° ss | NIR | INSEE_nir | siren | siret | n° tva | num_tva "
        "| dni | D.N.I. | NIF | N.I.F. | nie | num_dni | nº documento | num_doc | nro_doc | documento | "
        "doc_identidad | cif | nuss | nº ss | rut | ruc | cuit | cuil | curp | RFC | cod_fisc | cod. fisc. | "
        "C.F. | codfisc | p.iva | P. IVA | part. iva | c_fiscale | cpf | C.P.F. | cnpj | rg | num_cpf | nº "
        "contribuinte | contribuinte | niss | cc_num | n. utente | bsn | b.s.n. | burgerservicenr | rsin | "
        "kvk | btw-nr | rrn | rijksreg.nr | pesel | nr pesel | nip | regon | nr dowodu | seria_dowodu | ssn | "
        "S.S.N. | soc_sec_no | tax_no | tax_nbr | tin | ein | vat_no | VAT number | vatid | nhs_no | nhs "
        "number | passport_no | ppt_no | dl_no | driver lic | gov_id | natl_id"
    ),
    "gender": ("Geschl. | sexe | sex | gndr | gen. | sesso | płeć | Anrede | civilité | geslacht"),
    "full_name": (
        "Name, Vorname | Vor- und Nachname | Vorname Nachname | nom prénom | nom_prenom | NomPrenom | nombre "
        "y apellidos | apellidos y nombre | apellidos, nombre | cognome nome | nominativo | nome e cognome | "
        "Patient | Versicherter | imię i nazwisko | naam volledig | full nm | fullname | cust name | pat_name "
        "| cust_nm"
    ),
}


@pytest.mark.parametrize(
    ("header", "hint"), [(header.strip(), hint) for hint, text in HEADERS.items() for header in text.split("|")]
)
def test_an_abbreviated_header_is_understood(header: str, hint: str) -> None:
    assert hint_of(header) == hint


@pytest.mark.parametrize("header", ["geb. am", "ddn", "fec_nac", "1st name", "né(e) le", "cod. fisc.", "nº ss", "tél."])
def test_case_is_no_difference(header: str) -> None:
    assert hint_of(header) == hint_of(header.upper()) == hint_of(header.title()) != ""


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("D.O.B.", ("dob",)),
        ("p.l.z.", ("plz",)),
        ("Né(e) le", ("ne", "e", "le")),
        ("Geb.-Datum", ("geb", "datum")),
        ("1st name", ("first", "name")),
        ("St_Nr", ("st", "nr")),
        ("姓 名", ("姓", "名")),
    ],
)
def test_letters_that_stand_alone_are_one_abbreviation(column: str, words: tuple[str, ...]) -> None:
    assert words_of(column) == words


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("kunden_nr", "customer_id"),
        ("Patienten-Nr.", "person_id"),
        ("id_paciente", "person_id"),
        ("numéro client", "customer_id"),
        ("isbn_id", "code"),
        ("tax_id", "national_id"),
        ("city_id", "identifier"),
        ("id_produit", "identifier"),
        ("idea", ""),
        ("at_home", ""),
        ("released_on", "date"),
        ("created_at", "bookkeeping"),
        ("erstellt am", "bookkeeping"),
        ("fecha_alta", "bookkeeping"),
        ("date de création", "bookkeeping"),
    ],
)
def test_a_number_of_a_register_is_told_from_a_property(header: str, hint: str) -> None:
    assert hint_of(header) == hint
