use super::*;

fn reach(line: &str, url: &str) -> Option<String> {
    let reach = line.parse::<Allowed>().unwrap().reach(&url.parse().unwrap())?;
    Some(match reach {
        Reach::Public => "public".to_owned(),
        Reach::At(machine) => machine.to_string(),
    })
}

#[test]
fn a_line_is_about_a_host_or_the_beginning_of_an_address() {
    let check = |line: &str, url: &str, expect: Option<&str>| {
        assert_eq!(reach(line, url).as_deref(), expect, "{line}, {url}");
    };
    check("crl.example.vn", "http://CRL.example.vn/a.crl", Some("public"));
    check("crl.example.vn", "https://crl.example.vn/a.crl", Some("public"));
    check("crl.example.vn", "http://crl.example.vn:8080/a.crl", None);
    check("crl.example.vn", "http://a.crl.example.vn/", None);
    check("example.vn", "http://example.vn.other.vn/", None);
    check("crl.example.vn:8080", "http://crl.example.vn:8080/a.crl", Some("public"));
    check("crl.example.vn:8080", "http://crl.example.vn/a.crl", None);
    check("http://crl.example.vn/lists/", "http://crl.example.vn/lists/a.crl", Some("public"));
    check("http://crl.example.vn/lists/", "http://crl.example.vn/other/a.crl", None);
    check("http://crl.example.vn/lists/", "https://crl.example.vn/lists/a.crl", None);
    check("10.1.2.3", "http://10.1.2.3/a.crl", Some("10.1.2.3:80"));
    check("[::1]:81", "http://[::1]:81/a.crl", Some("[::1]:81"));
    check("crl.example.vn=10.1.2.3", "https://crl.example.vn/a.crl", Some("10.1.2.3:443"));
    check("crl.example.vn=10.1.2.3:8080", "http://crl.example.vn/a.crl", Some("10.1.2.3:8080"));
    check("crl.example.vn=::1", "http://crl.example.vn/a.crl", Some("[::1]:80"));
    check("crl.example.vn=[::1]:81", "http://crl.example.vn/a.crl", Some("[::1]:81"));
}

#[test]
fn what_is_written_is_read_again_and_the_rest_refused() {
    for line in ["crl.example.vn", "crl.example.vn:8080", "http://crl.example.vn/lists/", "10.1.2.3", "[::1]:81"] {
        assert_eq!(line.parse::<Place>().unwrap().to_string(), line);
    }
    for via in ["10.1.2.3", "10.1.2.3:8080", "::1", "[::1]:81"] {
        assert_eq!(via.parse::<Via>().unwrap().to_string(), via);
    }
    for line in ["", "*", "*.example.vn", "crl.example.vn/", "ldap://x/", "http://x/?a", "u@x", "x=y", "x:0", "127.1"] {
        assert!(line.parse::<Allowed>().is_err(), "{line}");
    }
}
