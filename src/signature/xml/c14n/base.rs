//! Joining of `xml:base` values (Canonical XML 1.1 §2.4 and appendix A, after RFC 3986 §5.2).
//!
//! Unlike RFC 3986 the base may itself be relative: `..` steps that lead out of it are kept.

/// `reference` resolved against `base`, either of which may be relative or empty.
pub(super) fn join(base: &str, reference: &str) -> String {
    let (base, reference) = (Parts::of(base), Parts::of(reference));
    let (scheme, authority, path, query);
    if reference.scheme.is_some() {
        (scheme, authority) = (reference.scheme, reference.authority);
        (path, query) = (without_dots(reference.path), reference.query);
    } else {
        scheme = base.scheme;
        if reference.authority.is_some() {
            authority = reference.authority;
            (path, query) = (without_dots(reference.path), reference.query);
        } else {
            authority = base.authority;
            if reference.path.is_empty() {
                path = base.path.to_owned();
                query = reference.query.or(base.query);
            } else {
                query = reference.query;
                path = if reference.path.starts_with('/') {
                    without_dots(reference.path)
                } else {
                    without_dots(&merged(&base, reference.path))
                };
            }
        }
    }
    let mut joined = String::new();
    if let Some(scheme) = scheme {
        joined.extend([scheme, ":"]);
    }
    if let Some(authority) = authority {
        joined.extend(["//", authority]);
    }
    joined.push_str(&path);
    if let Some(query) = query {
        joined.extend(["?", query]);
    }
    joined
}

/// A URI reference; its fragment plays no part in a base.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.split('#').next().unwrap_or("");
        let (text, query) = text.split_once('?').map_or((text, None), |(text, query)| (text, Some(query)));
        let named = |scheme: &str| scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && !scheme.contains('/');
        let (scheme, text) = match text.split_once(':') {
            Some((scheme, rest)) if named(scheme) => (Some(scheme), rest),
            _ => (None, text),
        };
        let (authority, path) = match text.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, text),
        };
        Self { scheme, authority, path, query }
    }
}

fn merged(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    // A base that ends in `..` means the folder above, not a file of that name.
    let folder = match base.path.rsplit_once('/') {
        Some((_, "..")) => format!("{}/", base.path),
        Some((folder, _)) => format!("{folder}/"),
        None if base.path == ".." => "../".into(),
        None => String::new(),
    };
    folder + path
}

/// Removes `.` and `..` steps; those that lead above a relative path stay.
fn without_dots(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let steps: Vec<&str> = path.split('/').skip(usize::from(absolute)).collect();
    let folder = matches!(steps.last(), Some(&("" | "." | "..")));
    for step in steps {
        match step {
            "" | "." => {}
            ".." if kept.last().is_some_and(|&last| last != "..") => drop(kept.pop()),
            ".." if absolute => {}
            step => kept.push(step),
        }
    }
    let mut result = String::from(if absolute { "/" } else { "" });
    result.push_str(&kept.join("/"));
    if folder && !kept.is_empty() {
        result.push('/');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn joins_as_the_recommendation_says() {
        for (base, reference, expected) in [
            ("", "http://example.com/a/", "http://example.com/a/"),
            ("http://www.example.com/foo/", "bar/", "http://www.example.com/foo/bar/"),
            ("http://www.example.com/foo/", "../bar", "http://www.example.com/bar"),
            ("foo/bar", "..", ""),
            ("../", "..", "../../"),
            ("..", "x", "../x"),
            ("http://h", "x", "http://h/x"),
            ("a/b?q", "", "a/b?q"),
            ("/a", "../../b", "/b"),
        ] {
            assert_eq!(join(base, reference), expected, "{base} + {reference}");
        }
    }
}
