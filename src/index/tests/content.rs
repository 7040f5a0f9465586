use super::*;
use std::collections::BTreeMap;

type Said = BTreeMap<(Uuid, Vec<u8>), usize>;

fn said(index: &Index) -> Said {
    let mut all = Said::new();
    index.each_said(&mut |id, said| *all.entry((id, said.to_vec())).or_default() += 1).unwrap();
    all
}

fn given(index: &Index, documents: &[IndexDocument]) -> Said {
    let mut all = Said::new();
    for document in documents {
        index.each_given(document, &mut |id, said| *all.entry((id, said.to_vec())).or_default() += 1).unwrap();
    }
    all
}

#[test]
fn what_is_said_is_what_the_documents_give() {
    let odd = with(3, |d| {
        d.subject = "Về việc, về việc \u{1EE7}y quyền; THU HỒI thu-hồi đất 12/2023".into();
        d.keywords = vec!["đất đai".into(), "đất".into(), String::new()];
        d.symbol = "103-QĐ/UBND".into();
        (d.signer, d.organ_name, d.number) = (String::new(), String::new(), "x".repeat(70_000));
    });
    let documents = [document(1), document(2), odd];
    let (_dir, index) = build(&documents);
    assert_eq!(said(&index), given(&index, &documents));

    let changed = with(2, |d| d.dossier_title = "Tên khác".into());
    let mut writer = index.writer(0).unwrap();
    writer.put(&changed).unwrap();
    writer.remove(id(3)).unwrap();
    writer.put(&document(4)).unwrap();
    writer.commit(9).unwrap();
    let documents = [document(1), changed, document(4)];
    assert_eq!(said(&index), given(&index, &documents), "with documents that were replaced and removed");
    let mut ids = Vec::new();
    index.each_record(&mut |id| ids.push(id)).unwrap();
    ids.sort();
    assert_eq!(ids, [id(1), id(2), id(4)]);
    writer.purge().unwrap();
    assert_eq!(said(&index), given(&index, &documents), "merged");
}

/// Whatever of a document can be searched, filtered, counted or sorted by: another one says something else.
#[test]
fn every_change_is_said() {
    let (_dir, index) = build(&[]);
    let one = given(&index, &[document(1)]);
    let differs = |what: &str, change: &dyn Fn(&mut IndexDocument)| {
        assert_ne!(given(&index, &[with(1, change)]), one, "{what}");
    };
    differs("record", &|d| d.record = id(2));
    differs("doc_code", &|d| d.doc_code.push('1'));
    differs("file_code", &|d| d.file_code.push('1'));
    differs("dossier_title", &|d| d.dossier_title.push_str(" a"));
    differs("agency", &|d| d.agency.push('1'));
    differs("organ_name", &|d| d.organ_name.push('a'));
    differs("number", &|d| d.number.push('1'));
    differs("notation", &|d| d.notation.push('A'));
    differs("symbol", &|d| d.symbol.push('A'));
    differs("document_type", &|d| d.document_type += 1);
    differs("issued", &|d| d.issued = day("2023-05-18"));
    differs("subject", &|d| d.subject = "Về việc thu hồi đất để dự án thực hiện".into());
    differs("signer", &|d| d.signer.push('a'));
    differs("outcome", &|d| d.outcome = "review".into());
    differs("period", &|d| d.period.push('1'));
    differs("keywords", &|d| d.keywords.push("đất đai".into()));
}
