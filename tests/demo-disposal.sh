# Sourced by demo.sh: a dossier of the sample whose period has ended goes the whole lawful way to its destruction.
#
# The council's, the authority's and the head's documents are made by the archive, signed by tests/sign.py (a tool that knows
# nothing of the archive), and handed in. The law's days are the archive's own where no text sets them, so the demo sets the
# waiting period to none: two persons adopt that.

due=H26.10.2018.009
said() { chauban 0 "$@" --json; } # a case or an explanation, as JSON
by() { # PERSON ARGUMENTS...: what somebody does in the case
    local who=$1
    shift
    chauban 0 disposal "$@" --actor "$who" --json >"$work/case.json"
}
case_is() { jq -r "$1" "$work/case.json"; }
signed_paper() { # PERSON KIND ARGUMENTS...: a document of the case, signed by that person: its path
    local who=$1 kind=$2
    shift 2
    rm -f "$work/$kind.pdf"
    chauban 0 disposal document "$kind" "$case" --agency 'Sở Thông tin và Truyền thông' --superior 'UBND tỉnh' \
        --place 'Hà Giang' --fonds 'Phông Sở Thông tin và Truyền thông' --position 'Giám đốc' --signer "$who" \
        -o "$work/$kind.pdf" --actor "$who" "$@" >/dev/null
    tests/sign.py sign "$work/$kind.pdf" "$demo/disposal/$kind.pdf" "$who"
    printf '%s\n' "$demo/disposal/$kind.pdf"
}

title "A rule for what is due: imported, confirmed by an authorised person"
mkdir -p "$demo/disposal"
tests/sign.py trust "$work/signing"
chauban 0 trust add "$work/signing/root.pem" --tree official-duty --name 'Gốc của văn bản (TEST)' --source 'demo' \
    --fingerprint "$(openssl x509 -in "$work/signing/root.pem" -outform DER | sha256sum | cut -d ' ' -f 1)" >/dev/null
printf '%s\n' 'code,records,period' 'HN.1,Hồ sơ hội nghị tổng kết năm,5 năm' 'HN.2,Giấy mời họp,4-7 năm' >"$work/table.csv"
chauban 1 retention import "$work/table.csv" --schedule DEMO --title 'Bảng thời hạn mẫu' --citation 'Bảng mẫu' \
    --source 'demo' -o "$work/rules.toml" | shown
chauban 0 retention adopt "$work/rules.toml" --reason 'demo' | shown
chauban 0 retention assign "$due" --rule DEMO/HN.1 --reason 'demo' >/dev/null
outcome() { said retention explain "$due" | jq -r .outcome; }
is "outcome before the rule is confirmed" review-due "$(outcome)"
chauban 0 retention confirm DEMO/HN.1 --basis 'Bảng mẫu, dòng 1' --mandate 'QĐ 4/QĐ-LT' --actor 'Vũ G' >/dev/null
chauban 0 retention explain "$due" | shown
is "outcome after it" eligible "$(outcome)"
proves "nothing is due before an authorised person confirmed the rule; what the table does not say plainly is refused"

sed '/^code = "waiting"/,/^unit/ s/^value = .*/value = 0/' retention_rules/archive-law.toml >"$work/law.toml"
proposal=$(said retention adopt "$work/law.toml" --reason 'demo: no waiting' --actor 'Lê A' | jq -r .rules)
chauban 4 retention approve "$proposal" --actor 'Lê A' >/dev/null 2>&1
chauban 0 retention approve "$proposal" --actor 'Vũ G' >/dev/null
proves "the law's numbers change by two persons"

title "Destroy it, by separate persons"
by 'Lê A' open --subject 'Hồ sơ hội nghị năm 2018 hết thời hạn lưu trữ'
case=$(case_is .number)
hold=$(said hold place --file-code H26.10.2018 --worked 2018 --reason 'thanh tra' --mandate '12/QĐ-TTr' | jq -r .hold)
chauban 4 disposal add "$case" "$due" --actor 'Lê A' 2>&1 | shown
chauban 4 hold release "$hold" --reason 'xong' >/dev/null 2>&1
chauban 0 hold release "$hold" --reason 'thanh tra xong' --actor 'Vũ G' >/dev/null
proves "a hold on what fits a query keeps it off every list, until a second person releases it"

by 'Lê A' add "$case" "$due"
listed=$(case_is .items.listed) list=$(case_is .list)
is "records on the list" "$(grep -c "^$due" "$work/records")" "$listed"
evidence=(--evidence "$work/signing/root.crl")
document=$(signed_paper 'Lê A' list)
by 'Lê A' submit "$case" --list "$list" --document "$document" "${evidence[@]}"
seats=(--chair 'Trần B' --secretary 'Lê A' --member 'Phạm C')
document=$(signed_paper 'Hoàng D' appointment "${seats[@]}")
chauban 4 disposal council appoint "$case" "${seats[@]}" --document "$demo/disposal/list.pdf" "${evidence[@]}" \
    --actor 'Hoàng D' 2>&1 | shown
by 'Hoàng D' council appoint "$case" "${seats[@]}" --document "$document" "${evidence[@]}"
by 'Trần B' council vote "$case" --list "$list"
by 'Phạm C' council vote "$case" --list "$list"
met=(--began "$(date +%FT08:30)" --ended "$(date +%FT11:00)" --venue 'Phòng họp tầng 3')
document=$(signed_paper 'Trần B' council-minutes "${met[@]}")
by 'Trần B' council close "$case" --list "$list" --document "$document" "${evidence[@]}"
printf 'a scan of what was signed by hand\n' >"$work/opinion.txt"
by 'Ngô E' opinion "$case" --list "$list" --document "$work/opinion.txt" --unsigned 'ký trên giấy'
document=$(signed_paper 'Hoàng D' decision)
by 'Hoàng D' decide "$case" --list "$list" --document "$document" "${evidence[@]}"
chauban 4 disposal start "$case" --actor 'Hoàng D' >/dev/null 2>&1
by 'Đỗ F' start "$case"
by 'Đỗ F' execute "$case" 2>&1 | shown
is "destroyed" "$listed" "$(said disposal show "$case" | jq .items.destroyed)"
document=$(signed_paper 'Đỗ F' minutes "${met[@]}" --witness 'Lê A')
by 'Đỗ F' minutes "$case" --witness 'Lê A' --document "$document" "${evidence[@]}"
document=$(signed_paper 'Lê A' certificate)
by 'Lê A' certify "$case" --document "$document" "${evidence[@]}"
by 'Lê A' keep "$case"
chauban 0 disposal show "$case" | shown
is "signed copies of what the archive made" 6 "$(said disposal show "$case" |
    jq '[.documents[] | select(.standing == "signed" and .made)] | length')"
if command -v pdftotext >/dev/null; then
    pdftotext "$demo/disposal/certificate.pdf" - | grep -q 'Hủy tài liệu hoàn tất' || fail "the certificate does not say complete"
fi
proves "list, council, opinion, decision, execution, minutes and certificate: by separate persons, on signed PDF/A documents"

title "What stays of it"
gone=$(grep -m 1 "^$due" "$work/records")
chauban 0 show "$gone" | shown
is "title that the list keeps" "$(said disposal show "$case" --items | jq -r --arg code "H26.LT.$gone" \
    '.list_items[] | select(.code == $code).title')" "$(said show "$gone" | jq -r .destroyed.listed.title)"
chauban 3 get "$gone" -o "$work/gone.pdf" 2>&1 | shown
is "what search finds of it" 0 "$(said search 'hội nghị tổng kết' | jq "[.records[] | select(.file_code == \"$due\")] | length")"
place=$(awk -v code="$gone" '$2 == code { print $1 }' "$work/taken")
env -u CHAUBAN_ARCHIVE "$program" verify-receipt "$demo/receipts/$gone.tlog-proof" "$sample/transfer/$place" \
    --key "$demo/published.vkey" | shown
chauban 0 verify --deep | tail -n 3 | shown
proves "the record is gone; its tombstone answers, its old receipt still proves what was there, and the archive is whole"
