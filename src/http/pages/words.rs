//! The words of pages, from `messages/*.ftl` (Project Fluent), and how numbers, days and sizes are written.
//!
//! Both files have the same messages, a test holds that; a message that is missing shows its name, never another language.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// A language of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt.
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// As in `lang="…"`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// By its code.
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Vietnamese, Self::English].into_iter().find(|language| language.code() == code)
    }
}

/// The words of one language.
pub struct Words {
    /// Which.
    pub language: Language,
    bundle: FluentBundle<FluentResource>,
}

static VIETNAMESE: LazyLock<Words> =
    LazyLock::new(|| Words::read(Language::Vietnamese, include_str!("../../../messages/vi.ftl")));
static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::read(Language::English, include_str!("../../../messages/en.ftl")));

impl Words {
    /// Those of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Vietnamese => &VIETNAMESE,
            Language::English => &ENGLISH,
        }
    }

    fn read(language: Language, text: &str) -> Self {
        let name: LanguageIdentifier = language.code().parse().expect("the codes above are language tags");
        let mut bundle = FluentBundle::new_concurrent(vec![name]);
        // Names and numbers are of the page's own language and direction.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// A message.
    pub fn text(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// A message about a number, `$count`.
    pub fn counted(&self, id: &str, count: u64) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        arguments.set("number", self.number(count));
        self.format(id, Some(&arguments))
    }

    /// A message with `$value` in it.
    pub fn with(&self, id: &str, value: &str) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("value", value);
        self.format(id, Some(&arguments))
    }

    /// Whether there is such a message.
    #[cfg(test)]
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    fn format(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        self.bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned()
    }

    /// The one of two texts that is of this language.
    pub fn either<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Vietnamese => vi,
            Language::English => en,
        }
    }

    /// `12.345` or `12,345`.
    pub fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mark = self.either(".", ",");
        let mut grouped = String::with_capacity(digits.len() + 6);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push_str(mark);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A day or an instant of RFC 3339 as people write it: `17/05/2023`, `17 May 2023`; the time in Vietnam where there is
    /// one. What is no day stays as it is.
    pub fn day(&self, text: &str) -> String {
        if let Ok(day) = text.parse::<chrono::NaiveDate>() {
            return self.date(day);
        }
        let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) else { return text.to_owned() };
        let there = at.naive_utc() + chrono::TimeDelta::hours(7);
        format!("{}, {}", self.date(there.date()), there.format("%H:%M"))
    }

    fn date(&self, day: chrono::NaiveDate) -> String {
        day.format(self.either("%d/%m/%Y", "%-d %B %Y")).to_string()
    }

    /// `1,2 MB` or `1.2 MB`.
    pub fn size(&self, bytes: u64) -> String {
        let text = crate::http::size(bytes);
        if self.language == Language::Vietnamese { text.replace('.', ",") } else { text }
    }
}

#[cfg(test)]
mod tests;
