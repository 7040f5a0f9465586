use super::setting::SETTINGS;
use super::*;

fn mistakes(text: &str, environment: &[(&str, &str)]) -> Vec<(String, String)> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    match Config::read(Some(("c.toml", text)), environment, &[]) {
        Ok(config) => panic!("{config:?}"),
        Err(mistakes) => {
            assert!(mistakes.iter().all(|one| !one.remedy.is_empty()));
            mistakes.into_iter().map(|one| (one.place, one.what)).collect()
        }
    }
}

#[test]
fn the_shown_file_names_every_setting_and_its_default() {
    let shown = include_str!("../../packaging/chauban.toml");
    // Every setting is there, most of them as a comment with its default.
    let uncommented: String =
        shown.lines().map(|line| line.strip_prefix("#= ").unwrap_or(line).to_owned() + "\n").collect();
    for setting in SETTINGS {
        let name = setting.key.split('.').nth(1).unwrap();
        assert!(uncommented.contains(&format!("\n{name} = ")), "{} is not shown", setting.key);
        assert!(shown.contains(setting.variable), "{} is not shown", setting.variable);
    }
    let read = Config::read(Some(("chauban.toml", &uncommented)), [], &[]).unwrap();
    assert!(read.tls.is_some() && read.archive.is_some());
    let plain = Config::read(Some(("chauban.toml", shown)), [], &[]).unwrap();
    let expect = Config { archive: plain.archive.clone(), ..Config::default() };
    assert_eq!(plain, expect, "the defaults that it shows are those of the code");
    assert_eq!(read.second_factor, Some(crate::auth::rights::Role::ALL.iter().copied().collect()));
    assert_eq!((read.limits, read.stamp_every), (plain.limits, plain.stamp_every));
}

#[test]
fn the_environment_rules_over_the_file() {
    let file = "[listen]\naddress = '127.0.0.1:1'\n[limits]\nrequests_per_minute = 5";
    let environment = [("CHAUBAN_LISTEN_ADDRESS", "127.0.0.1:2"), ("HOME", "/"), ("CHAUBAN_LANG", "vi")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(Some(("c.toml", file)), environment, &[]).unwrap();
    assert_eq!((config.listen.port(), config.limits.requests_per_minute), (2, 5));
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = "[listen]\naddress = 'here'\nplane = 'loopback'\n\n[tls]\nkey = '/k.pem'\n[limit]\nx = 1\n[limits]\nconnections = 0\n";
    let told = mistakes(text, &[("CHAUBAN_LOG_FORM", "xml"), ("CHAUBAN_TLS_CERTS", "/c.pem")]);
    let expect = [
        ("c.toml:7", "there is no setting [limit]"),
        ("c.toml:10", "limits.connections is out of its range"),
        ("c.toml:2", "listen.address is no address and port"),
        ("c.toml:3", "there is no setting listen.plane"),
        ("CHAUBAN_LOG_FORM", "log.form is neither text nor json"),
        ("CHAUBAN_TLS_CERTS", "there is no setting CHAUBAN_TLS_CERTS"),
        ("c.toml:6", "tls.certificates is missing"),
    ];
    let expect: Vec<_> = expect.iter().map(|(place, what)| ((*place).to_owned(), (*what).to_owned())).collect();
    assert_eq!(told, expect);
}

#[test]
fn plain_http_stays_on_loopback_unless_told() {
    let told = mistakes("[listen]\naddress = '0.0.0.0:80'", &[]);
    assert_eq!(told[0].0, "c.toml:2");
    let anywhere = "[listen]\naddress = '0.0.0.0:80'\nplain = 'anywhere'";
    assert!(Config::read(Some(("c.toml", anywhere)), [], &[]).is_ok());
    let tls = "[listen]\naddress = '0.0.0.0:443'\n[tls]\nkey = '/k'\ncertificates = '/c'";
    assert_eq!(mistakes(tls, &[])[0].1, "with TLS, listen.public is missing");
    assert!(
        Config::read(Some(("c.toml", tls)), [("CHAUBAN_LISTEN_PUBLIC".into(), "https://a.gov.vn/".into())], &[])
            .is_ok()
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    assert_eq!(mistakes("[listen]\naddress = \n", &[])[0].0, "c.toml:2");
    assert_eq!(mistakes("listen = 3", &[])[0].0, "c.toml:1");
    assert_eq!(mistakes("[listen]\naddress = { a = 1 }", &[])[0].0, "c.toml:2");
}

#[test]
fn a_provider_is_named_with_everything_that_it_needs_or_not_at_all() {
    let told = mistakes("[openid]\nname = 'SSO'\nscopes = 'profile'\nvia = 'sso.gov.vn'", &[]);
    let what: Vec<&str> = told.iter().map(|(_, what)| what.as_str()).collect();
    let expect = [
        "openid.scopes does not have openid among it",
        "openid.via names no machine",
        "openid.issuer is missing",
        "openid.client_id is missing",
        "openid.client_secret_file is missing",
    ];
    assert!(expect.iter().all(|one| what.contains(one)) && what.len() == expect.len(), "{what:?}");
    let file = |issuer: &str| format!("[openid]\nissuer = '{issuer}'\nclient_id = 'kho'\nclient_secret_file = '/s'");
    let plain = mistakes(&file("http://sso.gov.vn"), &[("CHAUBAN_OPENID_SECRET", "x")]);
    let expect = [
        ("CHAUBAN_OPENID_SECRET", "there is no setting CHAUBAN_OPENID_SECRET"),
        ("c.toml:2", "openid.issuer is no https address without a query"),
    ];
    assert_eq!(plain, expect.map(|(place, what)| (place.to_owned(), what.to_owned())));
    let read = Config::read(Some(("c.toml", &file("https://sso.gov.vn/a"))), [], &[]).unwrap().openid.unwrap();
    assert_eq!((read.name.as_str(), read.scopes.as_str(), read.via), ("OpenID Connect", "openid", None));
}
