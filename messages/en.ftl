# Every word on the pages, in English.

brand = Châu Bản
skip = Skip to content
nav = Pages
nav-home = Overview
nav-search = Find records
nav-inspect = Inspection
nav-accounts = Accounts
nav-audit = Audit trail
own-short = Account
own-account = My account
sign-out = Sign out
foot = Electronic records archive
foot-verify = Check a receipt yourself, offline
foot-checkpoint = Newest checkpoint

sign-in = Sign in
sign-in-lead = Electronic records archive
sign-in-wrong-password = Name, password or code are not right.
sign-in-too-many = Too many wrong passwords. Wait a while, or ask an administrator for a new one.
sign-in-again = Your password, please
sign-in-again-lead = What destroys, and what changes rights or keys, needs a password given in the last ten minutes. You will be led back.
sign-in-again-button = Go on
provider = Sign-in service
provider-sign-in = Sign in with { $value }
provider-again = Prove it with { $value }
provider-own-lead = What this service says opens the account in the place of the password. A second factor is still asked for. Administrators link and unlink it.
provider-unlinked = The sign-in service knows you as “{ $value }”, and no open account of this archive is linked to that. Give these words to an administrator, who links them to your account; a second person confirms it. Until then sign in with your password.
provider-another = The sign-in service named another person than the one who is signed in here. Choose the right account there, or give your password.
provider-code-lead = The sign-in service has said who you are. This account has a second factor, too.
provider-as = sign-in service: { $value }
provider-none = no sign-in service
provider-subject = What the sign-in service calls the holder, as a refused sign-in showed it
provider-link = Propose the link
provider-link-one = Propose the link of { $value } to the sign-in service
provider-unlink = Propose to end the link
provider-unlink-one = Propose to end the link of { $value } to the sign-in service
account-name = Account
password = Password

home-greeting = Good day, { $value }
home-waiting = Waiting
waiting-account = A proposal for the account { $value } waits for a second person to confirm it
home-records = Records
home-entries = Entries in the ledger
home-published = Entries under seal
home-stored = Stored
home-empty = The archive holds no record yet
home-begin-transfer = Begin a transfer
home-empty-own = There is no record yet of the agencies that this account acts for
home-empty-detail = Records appear here as soon as they are accessioned.
home-by-year = By year of issue
home-by-type = By type
home-checkpoint = Checkpoint
home-checkpoint-lead = The ledger is signed at this point: whatever is altered, removed or slipped into the past shows.
fact-origin-of-ledger = Ledger
fact-root = Root hash
fact-newest = Newest event
fact-key = Public key of the archive

search-words = Words, a “phrase”, a number, or number and notation
search-example = for example: mua sắm thiết bị, 134/QĐ-STTTT
search-button = Search
search-more = By date of issue
search-from = From
search-to = To
search-narrow = Narrow the results
search-clear = Clear all filters
search-found = { $count ->
    [one] { $number } record
   *[other] { $number } records
}
search-page = page { $value }
search-pages = Pages of results
search-before = Previous page
search-after = Next page
search-nothing = No record was found
search-nothing-detail = Every word must occur. Use fewer words, clear the filters, or check number and notation. Only records within this account's reach are searched.
search-behind = { $count ->
    [one] { $number } newest event is not searched yet: the archive is being written.
   *[other] { $number } newest events are not searched yet: the archive is being written.
}
facet-holder = Transferring agency
facet-type = Type
facet-year = Year of issue
facet-signed-by = Signer
facet-verdict = Signatures at accession
facet-retention = Period stated
facet-issued = Issued
facet-agency = Issuing agency
facet-dossier = Dossier
facet-signer = Words of the signer’s name
facet-number = Number
facet-notation = Notation
facet-records = records
facet-remove = remove this filter
facet-years = { $count ->
    [one] { $number } year
   *[other] { $number } years
}
facet-retention-permanent = Permanent
facet-retention-dossier = As its dossier
facet-retention-rule = By a named rule
facet-retention-unclear = Not readable
search-filters = Filters in force
searches = Saved searches
searches-lead = They hold what is asked, not what was found: each run searches anew, within this account’s reach.
searches-none = Nothing is saved
searches-none-detail = Search for something, narrow it, and save it under a name of yours.
searches-save = Save this search
searches-name = Name
searches-rename = Rename
searches-delete = Delete
searches-saved = saved { $value }

dossier = Dossier
dossier-records = Records of the dossier

record-open = Open the document
record-shown = Document { $value }
record-verdict = Signatures
record-judged = Validated { $value }
record-timeline = What happened when
record-remarks = { $count ->
    [one] { $number } thing to know
   *[other] { $number } things to know
}
record-reasons = Why this conclusion
record-no-verdict = The signatures of this record were not validated.
record-validate = Validate again
record-validate-lead = By today's trust anchors, with all evidence at hand; the run becomes an event, and the earlier ones stay.
record-validate-evidence = Newer revocation lists, OCSP answers, certificates
record-validate-fetch = Ask the sources that are allowed
record-validate-refused = It was not validated again:
record-retention = Retention
record-held = A hold blocks destruction.
record-why = Why
record-files = Files
record-closed = The access mode of this record is closed to the roles of this account.
record-save = Save
record-receipt = Fetch the receipt
record-receipt-detail = The receipt proves that the record is in the archive as of a checkpoint; anybody can check it without the archive.
describe-amend = Amend the description
describe-lead = What is written now, who amended it and why stay in the history. What identifies the record, its files and its period are not amended here.
describe-subject = Subject
describe-keyword = Keywords, one a line
describe-language = Language
describe-signer = Signer
describe-signer-position = Position of the signer
describe-number-of-page = Pages
describe-sensitivity = Level of sensitivity, 1 to 4; 3 and 4 close the files
describe-title = Title
describe-description = Remarks
describe-dossier-lead = What is written now, who amended it and why stay in the history. Codes, year, agency, dates and period are not amended here.
describe-reason = Why it is amended
describe-refused = The description was not amended.
record-bundle = Fetch the evidence bundle
record-bundle-detail = One ZIP file with the files, their description, receipts, verdict, evidence and time-stamps, and the commands that check all of it without the archive.
record-evidence = Fetch the evidence record
record-evidence-detail = Proof that the files existed when an outside authority time-stamped them (RFC 4998); there is one as soon as a time-stamp covers the record.
record-check = Check every byte
record-whole = Every byte of it is as it was accessioned, and the ledger, its keys and its time-stamps fit.
record-doubted = Something does not fit:
record-description = Description
record-history = History
record-history-detail = Each line is an entry of the ledger; nobody can change or remove it.
component-original = original
component-attachment = attachment
fact-agency = Issued by
fact-agency-registered = In the register of agencies
fact-agency-today = In its place today
agency-only = only
agency-unknown = The register does not have this code
agency-no-successor = No successor
fact-transferred-by = Transferred by
fact-signer = Signer
fact-keywords = Keywords
fact-pages = Pages
fact-origin = Origin
fact-mode = Access mode
fact-access = Access today
fact-sensitivity = Level of sensitivity
access-opens = open from { $value }
fact-urgency = Urgency
fact-code = Archive code
fact-identifier = Identifier
fact-year = Year the work ended
fact-dates = Dates of documents
fact-stated = Period as stated
fact-description = Remarks
confidence-01 = Born digital
confidence-02 = Digitised
confidence-03 = Hybrid
mode-01 = Open
mode-02 = Conditional
mode-03 = Secret

question-good = Is the signature good?
question-shown = Is what is shown what was signed?
question-provable = Will it stay provable?
role-of-signature-leader = Leader signature
role-of-signature-agency = Agency signature
role-of-signature-counter = Countersignature
role-of-signature-unknown = Signature
outcome-accept = Accept
outcome-accept-with-notes = Accept, with notes
outcome-review = An archivist must review it
outcome-return = Return to the agency
outcome-unsigned = No signature
outcome-not-examined = Not examined
shown-as-signed = As signed.
shown-evidence-added = As signed; only evidence was added later.
shown-filled-and-signed = As signed; only fields and signatures were added later.
shown-partly = Only a part is signed.
shown-unknown = It can't be told.
shown-changed-later = Changed after signing.
shown-not-signed = What is shown is not what was signed.
level-none = No level of AdES. The archive keeps the evidence and renews it.
level-B-B = Level B-B: the evidence is not in the document, the archive keeps it. Algorithms to be renewed before { $value }.
level-B-T = Level B-T: time-stamped. Algorithms to be renewed before { $value }.
level-B-LT = Level B-LT: carries its evidence. Algorithms to be renewed before { $value }.
level-B-LTA = Level B-LTA: carries its evidence under an archive time-stamp. To be renewed before { $value }.
level-alone-none = No level of AdES: nothing in it keeps it provable.
level-alone-B-B = Level B-B: the evidence is not in the document. Algorithms to be renewed before { $value }.
moment-valid-from = The certificate begins to be valid
moment-valid-until = The certificate ends
moment-claimed = Time of signing as the signer states it; not proven
moment-proven = A time-stamp proves that the signature existed ({ $value })
moment-revoked = The certificate was revoked
moment-not-revoked = A revocation list confirms that the certificates are good
moment-accessioned = Accessioned
moment-validated = The archive validated the signature
moment-renew = Evidence to be renewed before this day: the algorithms are not relied upon any more
event-archive-created = Archive created
event-actor-registered = Actor registered
event-keys-changed = Keys changed
event-keys-copied = Keys copied
event-fixity-checked = Fixity checked
event-dossier-accessioned = Dossier accessioned
event-dossier-amended = Dossier amended
event-record-accessioned = Record accessioned
event-evidence-captured = Evidence captured
event-signatures-validated = Signatures validated
event-transfer-submitted = Transfer submitted
event-transfer-returned = Transfer returned
event-transfer-accepted = Transfer accepted
event-transfer-ended = Transfer ended
event-transfer-minutes-filed = Signed minutes of the transfer handed in
event-clock-confirmed = Clock confirmed
event-trust-anchor-added = Trust anchor added
event-trust-anchor-ended = Trust anchor ended
event-time-authority-added = Time-stamping authority added
event-time-authority-ended = Time-stamping authority ended
event-checkpoint-stamped = Checkpoint time-stamped
event-evidence-source-added = Source of evidence added
event-evidence-source-ended = Source of evidence ended
event-hold-placed = Hold placed
event-hold-released = Hold released
event-rules-proposed = Schedule proposed
event-rules-adopted = Schedule adopted
event-holidays-adopted = Holidays adopted
event-archive-kind-set = Kind of archive set
event-archive-named = Name and place of the archive said
event-agency-sector-set = Time of transfer of an agency set
event-agencies-changed = Register of agencies changed
event-rule-confirmed = Rule confirmed
event-rule-withdrawn = Rule withdrawn
event-retention-assigned = Retention assigned
event-access-assigned = Access assigned
event-retention-extended = Retention extended
event-retention-confirmed = Retention confirmed
event-occurrence-recorded = Occurrence recorded
event-occurrence-revoked = Occurrence revoked
event-records-linked = Records linked
event-records-unlinked = Records unlinked
event-description-amended = Description amended
event-dossier-described = Description of the dossier amended
event-request-received = Reader's request received
event-request-approved = Reader's request approved
event-request-refused = Reader's request refused
event-request-fulfilled = Reader's request fulfilled
event-request-closed = Reader's request closed
event-copy-made = Paper of a copy made
event-copy-certified = Signed certificate of a copy handed in
event-retention-reviewed = Retention reviewed
event-destruction-begun = Destruction begun
event-keys-moved = Keys of what stays moved
event-scopes-destroyed = Keys destroyed
event-record-destroyed = Record destroyed
event-dossier-reduced = Dossier’s description reduced: no record is left
event-segment-thinned = Segment thinned
event-destruction-ended = Destruction ended
event-disposal-opened = Disposal case opened
event-disposal-acted = A step of a disposal case
event-account-proposed = Account proposed
event-account-confirmed = Account confirmed
event-account-closed = Account closed
event-reads-recorded = Reads recorded
event-recovered = Recovered after a fault

role-transferring-officer = Transferring officer
role-archivist = Archivist
role-inspector = Inspector
role-council-member = Council member
role-deciding-authority = Deciding authority
role-administrator = Administrator
reach-everything = the whole archive

inspect-lead = Give a file, a number or a receipt, and get a verdict with the way to repeat it yourself.
inspect-file = Is this file in the archive?
inspect-file-lead = The file does not leave this machine: the browser computes its SHA-256 and sends that alone.
inspect-drop = Choose a file, or drop it here
inspect-failed = The file can't be read.
inspect-number = SHA-256, number or code of a record
inspect-ask = Ask
inspect-held = In the archive
inspect-bundle = Evidence bundle
inspect-held-detail = To the last byte, this file was accessioned.
inspect-not-held = Not in the archive
inspect-not-held-detail = No file of any record within this account's reach has these bytes; a single other byte makes it another file. Of a destroyed record no SHA-256 is kept, on purpose: its files can't be told from files that were never here. Ask by its code or with its receipt.
inspect-named-detail = { $count ->
    [one] One record here has this number or code. A number proves nothing of content: compare the SHA-256 of the file you hold.
   *[other] { $number } records here have this number or code. A number proves nothing of content: compare the SHA-256 of the file you hold.
}
inspect-not-named-detail = No record within this account's reach has exactly this number or code. A destroyed record is found by its code alone.
inspect-search = Search all records
inspect-under = Checkpoint over it
inspect-under-size = the one of { $value } entries
inspect-by-hand = Repeat it for this record
inspect-by-hand-lead = Fetch receipt, bundle and files into one folder with the archive's public key; take that key once more from where the archive publishes it, not from here alone:
inspect-keys = Public keys:
inspect-witnesses = Witnesses
inspect-no-witness = None. A checkpoint carries two signatures of the archive itself (Ed25519 and ML-DSA-44); this version gathers no cosignature of anybody independent. What comes from outside is the time-stamps of checkpoints.
checkpoints = History of checkpoints
checkpoints-lead = Each checkpoint takes the place of the one before; those that an outside authority has stamped are kept as files of their own. The others lie in the segments, where chauban verify reads them.
checkpoints-newest = The newest
checkpoints-stamped = Those that were time-stamped
checkpoints-place = Where it lies in the archive
checkpoints-none = None was time-stamped yet.
checkpoints-older = Older
fixity-oldest = Oldest byte not checked
fixity-no-oldest = there is none
fixity-oldest-entry = entry { $value }
fixity-oldest-place = segment:offset { $value }
inspect-receipt = Check a receipt
inspect-receipt-lead = The checkpoint's signature, the place in the ledger and the list of files are checked with the archive's public key.
inspect-receipt-file = Receipt file
inspect-receipt-text = Text of the receipt
inspect-check = Check
inspect-receipt-good = The receipt is right
inspect-receipt-good-detail = The archive's signed ledger holds this entry, and the entry commits to the files listed here. Compare the SHA-256 of the file you hold.
inspect-receipt-bad = The receipt proves nothing
inspect-receipt-bad-detail = The receipt does not fit the archive's public key or its ledger.
inspect-why = Where it breaks
inspect-signatures = Are the signatures of this file good?
inspect-signatures-lead = The file is sent here, judged by the archive's trust anchors, and not kept: PDF, CMS (.p7s, .p7m), XML, ASiC, at most 200 MiB. Nothing is fetched from elsewhere.
inspect-signatures-file = File
inspect-signatures-document = What a detached signature (.p7s) is about
inspect-signatures-evidence = Revocation lists, OCSP answers, certificates of authorities
inspect-signatures-at = As of the end of a day; now without one
inspect-signatures-check = Judge
inspect-signed = Signatures of { $value }
inspect-unsigned = No signature was found in it.
inspect-as-if = What would be decided if it came in as a record, and its signatures by the archive's trust anchors:
inspect-not-checked = It was not judged:
inspect-entry = Number of the entry
inspect-time = Accessioned
inspect-record = Identifier of the record
fixity = Last check of fixity
fixity-none = No check of the whole archive is recorded. The service checks at intervals; to check now: chauban verify --deep --record
fixity-good = Every byte was read again, and there is no doubt.
fixity-doubts = { $count ->
    [one] There is one doubt.
   *[other] There are { $number } doubts.
}
fixity-began = Begun
fixity-by = By
fixity-entries = Entries of the ledger checked
fixity-bytes = Bytes of content read and opened
fixity-event = Entry of the ledger that records it
fixity-unchecked = Entries not checked since
inspect-repeat = Repeat it without trusting this page
inspect-repeat-lead = With the archive's program, with standard tools, or in a browser without a network:

password-change = Change the password
password-must-change = This password was set by another person. Change it before anything else.
password-rules = At least 15 characters; a sentence that is easy to remember is best. No special characters are needed, and it never expires.
password-old = Present password
password-new = New password
password-again = New password again
password-differs = The two new passwords are not the same.
password-wrong = The present password is not right.
password-same = The new password must be another one.
password-unacceptable = The new password is too short, too long or too easy to guess.
second-factor = Second factor
second-lead = A password can be watched or guessed; a code that your phone counts anew every half minute can't be used twice.
second-must-have = This account needs a second factor. Set it up before anything else.
second-none = No codes of a phone are set up.
second-on = On
second-confirmed = { $count ->
    [0] No recovery code is left: set it up anew.
    [one] { $number } recovery code is left.
   *[other] { $number } recovery codes are left.
}
second-begin = Set up
second-change = Change
second-end = Take it away
second-scan = Take a picture of this with your phone
second-scan-lead = Any program for one-time codes will do (TOTP). Then type the code that it shows.
second-picture = The secret as a QR code; the same as text stands below
second-typed = Or type it:
second-code = Code of six digits
second-code-if = Code, if this account has a second factor
second-confirm = Confirm
second-wrong = The code is not right. Check the phone's clock and type the next one.
second-codes = Recovery codes
second-codes-lead = Write them down and lock them away: they are shown this once. Each opens the account once, in the place of a code, when the phone is lost.
keys = Security keys
keys-lead = A key in the USB port, or a finger or face on a machine or phone: used in the place of a code. It answers this address alone, so no imitation of this page can use it.
keys-count = { $count ->
    [0] No key is registered.
    [one] { $number } key is registered.
   *[other] { $number } keys are registered.
}
key-register = Register a key
key-register-lead = Name it, then do as the browser says. From then on every sign-in needs the password and a key, or a code where one is set up. Other sessions of the account end.
key-label = Name of the key
key-touch = Touch the key, or do as the browser says.
key-conflict = This key is registered already, or the account has its ten keys.
key-cancelled = The browser stopped: the key was not touched, or you cancelled. Try again.
key-not-registered = The key is not registered. Try again, or take another one.
key-no-script = Security keys need JavaScript on this page, and a browser that knows them.
key-no-domain = No key can be registered at this address: browsers bind keys to a domain. Who runs the service sets listen.public; on the server itself, open http://localhost in the place of 127.0.0.1.
key-own = Own keys
key-none = There is none.
key-one = Register a second key and keep it elsewhere: who loses the only one needs the help of who runs the service.
key-added = registered { $value }
key-went-back = Its counter went back on { $value }: there may be a copy. Remove it.
key-remove = Remove
key-remove-one = Remove the key { $value }
key-use = Use a security key
key-none-here = The account has no security key, or none can be used at this address.
key-refused = The key is not taken. Try again, or take another one.
key-refused-copy = The key is not taken: its counter went back, there may be a copy of it. Tell an administrator.
key-failed = The key can't be used now. Try again, or type a code.
sign-in-code-missing = Type the password again, with the code that your phone shows, or use the security key.
sign-in-password-lapsed = This first password was not used within a week. Ask an administrator for a new one.
sessions = Sessions
sessions-lead = A session ends after 30 minutes without use, or after 12 hours.
session-began = began { $value }
session-used = last used { $value }
session-this = this one
session-end = End

tokens = API tokens
tokens-lead = With a token a system of the agency acts as this account, for the actions named and no others.
token-made = New token
token-made-lead = Copy it into the system now: it is shown this once. Whoever has it can do what it is for.
token-make = Make a token
token-label = System that will have it
token-days = Valid, days
token-for = What it is for
token-own = My tokens
token-none = There is no token.
token-never = never
token-ends = until { $value }
token-used = last used: { $value }
token-ended = ended
token-revoke = Revoke
token-invalid = A token has a label, 1 to 366 days, and one action at least.
action-read-holdings = See how much the archive holds
action-search = Find records
action-read-description = Read descriptions
action-read-history = Read history
action-read-content = Read files
action-fetch-receipt = Fetch receipts
action-inspect = Look files up
action-read-accounts = See accounts
action-read-audit-trail = Read the audit trail
action-read-transfers = See transfers
action-hand-over = Hand over transfers
action-receive-transfer = Accept and return transfers

audit-lead = Every act is an entry of the ledger. Reads of records that are not open to everybody are recorded too, a minute later at most, and so is every look at this page.
audit-by = Name of the account that acted
audit-about = Record, dossier, case or account: code or identifier
audit-show = Show
audit-none = Nothing in this stretch of the ledger.
audit-any = Any act
audit-from = From
audit-to = To the end of
audit-entry = entry { $value }
audit-export = Export as CSV
audit-export-lead = A file has 10,000 acts at most; narrow it by days where there are more. Days are Vietnam's; reads count when they were recorded.
audit-what = What
audit-program = the program
audit-before = Earlier

accounts-lead = Every change of rights is an event, and counts once a second person has confirmed it.
account-holder = Holder
account-roles = Roles
account-reach = Reach
account-standing = Standing
account-proposed = Proposed:
standing-proposed = to be confirmed
standing-open = open
standing-closed = closed
accounts-change = Propose an account, or other rights
accounts-change-lead = What is proposed counts when another administrator has confirmed it. For an account that is there, it replaces roles and agencies whole.
accounts-propose = Propose
accounts-made = First password of { $value }
accounts-made-lead = Hand it over in person: it is shown this once, opens nothing before the account is confirmed, and is changed at the first sign-in.
accounts-invalid = No such account can be.
account-agencies = Codes of agencies, with commas between; empty: the whole archive
account-reason = Reason
account-confirm = Confirm
account-confirm-one = Confirm what is proposed for { $value }
account-close = Close
account-close-one = Close the account { $value }
action-read-disposal = See disposal cases and holds
action-act-in-disposal = Act in disposal cases
action-handle-disposal = Open and prepare disposal cases
action-review-disposal = Vote in the council
action-decide-disposal = Decide disposal cases
action-keep-holds = Place and release holds
action-change-accounts = Change accounts

problem-not-found = Nothing is here
problem-not-found-detail = No page or record has this name, or this account is not to know of it.
problem-denied = Not allowed
problem-denied-detail = No role of this account does this.
problem-stale-form = This page has become old
problem-stale-form-detail = It was opened before the last sign-in. Go back, open it again and repeat what was done; nothing was changed.
problem-sign-in = Not signed in
problem-sign-in-detail = Sign in and try again.
problem-unavailable = No answer just now
problem-unavailable-detail = Try again in a moment. If it stays so, tell an administrator.
problem-corrupt = Data contradict each other
problem-corrupt-detail = The archive found data that contradict each other and gives none out. Tell an administrator at once.
problem-invalid = The request can't be read
problem-invalid-detail = Check the address or what was typed.
problem-too-many = Too many attempts
problem-too-many-detail = Wait a while and try again.

nav-transfers = Transfers
transfers-lead = What agencies hand over, from the first file to the receipts.
transfers-to-receive = Waiting for acceptance
transfers-to-finish = Waiting for the agency
transfers-nothing-waits = Nothing is waiting
transfers-nothing-waits-detail = What is handed over appears here.
transfers-others = All others
transfers-new = New transfer
transfers-agency = Agency code
transfers-title = Title
transfers-title-example = for example: dossiers of 2023, first part
transfers-begin = Begin
transfer-new-wrong = Agency code or title can't be read. A code looks like H26.10; the title is a line of at most 300 characters.
transfer-new-foreign = This account does not act for that agency.
transfer-draft = being prepared
transfer-submitted = submitted
transfer-returned = returned
transfer-accepted = being accessioned
transfer-ended = accessioned
transfer-begun = begun { $value }
transfer-returned-because = The archive returned this transfer
transfer-refused = That is not possible now: the transfer has changed, or is being worked on. Look at it again.
transfer-job-examination = Being examined
transfer-job-accession = Being accessioned
transfer-job-waiting = This page shows the result as soon as it is there.
transfer-look-again = Look again
transfer-files = Files
transfer-files-lead = Packages (ZIP), or documents with their sidecars (X.pdf and X.json), or dossier folders with dossier.json.
transfer-no-files = Nothing has been handed over yet.
transfer-files-count = { $count ->
    [one] { $number } file
   *[other] { $number } files
}
transfer-files-more = { $count ->
    [one] and { $number } more
   *[other] and { $number } more
}
transfer-drop = Drop files or a folder here, or choose files
transfer-upload-plain = Files
transfer-upload = Hand over
transfer-uploading = Uploading
transfer-upload-done = handed over
transfer-upload-failed = broke off: the archive could not be reached. Choose the same file again to go on where it stopped.
transfer-upload-invalid = not taken: its name or path can't be. Rename it (no “..”, backslash, colon; a ZIP in no folder), then choose it again.
transfer-upload-too-long = not taken: a file has at most 1 TiB. Hand it over in parts.
transfer-upload-conflict = not taken: the transfer can't be changed now, or has a folder of this name. Look at it again, then choose the file again.
transfer-upload-denied = not taken: this account may not hand files over here. Ask who manages accounts.
transfer-upload-sign-in = broke off: the session has ended. Sign in again and choose the same file to go on.
transfer-upload-not-found = not taken: the transfer is not there any more. Open the list of transfers.
transfer-upload-unavailable = broke off: the archive has no room or is busy. Choose the same file again later to go on.
transfer-upload-too-many = broke off: too many requests in a minute. Choose the same file again in a moment.
transfer-unfinished = These files broke off on their way. Choose them again to go on where they stopped:
transfer-remove-file = Take away
transfer-examination = Examination
sidecar-describe = Describe a document
sidecar-describe-lead = What is written here becomes the sidecar of the file, X.json beside X.pdf; length and SHA-256 are added.
sidecar-correct = Correct the description
sidecar-undescribed = { $count ->
    [one] { $number } PDF has no description yet and would not be taken: describe it below, or add its sidecar.
   *[other] { $number } PDFs have no description yet and would not be taken: describe them below, or add their sidecars.
}
sidecar-refused = Not written: correct what is marked.
sidecar-optional = (optional)
sidecar-write = Write the description
sidecar-doc-type-name = Type
sidecar-symbol = Number and notation
sidecar-symbol-hint = As on the document: 1719/QĐ-UBND, 28/2018/QĐ-TTg.
sidecar-subject = Subject
sidecar-issued-date = Date of issue
sidecar-agency-code = Code of the issuing agency
sidecar-agency-name = Name of the issuing agency
sidecar-signer = Signer
sidecar-signer-position = Position of the signer
sidecar-file-code = Code of the dossier
sidecar-file-code-hint = Agency, year in which the work ended, ordinal: H26.10.2023.045.
sidecar-file-title = Title of the dossier
sidecar-id = Order in the dossier
sidecar-id-hint = Documents of a dossier stand in this order; it is no identifier.
sidecar-retention = Period
sidecar-retention-hint = For ever (Vĩnh viễn), or a number of years from 2 to 70 (10 năm). Anything else keeps the dossier until somebody decides.
sidecar-security-level = Mark of secrecy
sidecar-security-level-hint = Only Thường is taken: a document under a mark of secrecy must not be in this system.
sidecar-sensitivity = Level of sensitivity
sidecar-sensitivity-hint = 3 and 4 close the files to all but archivists and deciding authorities.
sidecar-sensitivity-none = none given
sidecar-urgency = Urgency
sidecar-keywords = Keywords
sidecar-keywords-hint = One a line.
sidecar-topic = Topic
sidecar-language = Language
sidecar-pages = Pages
sidecar-scanned = Origin
sidecar-scanned-no = Born digital
sidecar-scanned-yes = Digitised
documents = Documents of the transfer
documents-look = Look at the documents
documents-count = { $count ->
    [one] { $number } document
   *[other] { $number } documents
}
documents-lead = As the examination saw them; they are no records yet.
documents-files = { $count ->
    [one] { $number } file
   *[other] { $number } files
}
documents-findings = { $count ->
    [one] { $number } finding
   *[other] { $number } findings
}
documents-nothing = No document
documents-nothing-detail = Nothing that was handed over is a document: each needs its sidecar, or a dossier.json.
document-not-yet = Not accessioned yet: this is how it will be described and kept.
document-held = The archive holds this document already
document-not-described = Its description can't be read, or bears a mark of secrecy: nothing more of it is shown. What was found says why.
document-found = What was found
document-closed = Its access mode or sensitivity closes its files to the roles of this account.
document-unreadable = it can't be read
document-description = Description as it will be held
fact-dossier = Dossier
transfer-outcome-acceptable = to be taken
transfer-examination-lead = Examined as it will be at the accession: files, descriptions, signatures. Nothing is taken yet.
transfer-examine = Examine
transfer-examine-again = Examine again
transfer-not-examined = Not examined since the last change.
transfer-examined-good = No error was found
transfer-examined-nothing = No error, but no document to be taken either: a document needs its sidecar
transfer-folder = Or choose a whole folder
transfer-sidecar = What a sidecar is
transfer-sidecar-lead = Beside each document X.pdf lies a file X.json of the same name: number and notation, day, subject, the agency that issued it, the dossier's code, length and SHA-256 of the PDF. Without it the document is not taken.
transfer-sidecar-example = Example
transfer-sidecar-schema = Schema (JSON Schema)
transfer-examined-bad = There are errors to correct
transfer-examined-at = Examined { $value }
transfer-documents = Documents
transfer-acceptable = To be taken
transfer-refused-count = Refused
transfer-held = Held already
transfer-more-places = { $count ->
    [one] and { $number } more place
   *[other] and { $number } more places
}
transfer-submit = Submit to the archive
transfer-submit-lead = After that nothing can be changed until the archive accepts or returns it.
transfer-remove = Remove this draft
transfer-receive = Accept or return
transfer-receive-lead = Accepted, the documents are accessioned and each gets its receipt. Returned, the agency corrects and submits again.
transfer-accept = Accept
transfer-return = Return
transfer-reason = Reason for the return
transfer-result = What became of the documents
transfer-outcome-taken = taken
transfer-outcome-already-held = held already
transfer-outcome-refused = refused
transfer-receipt = Receipt
transfer-minutes = Fetch the minutes (PDF/A, to be signed)
transfer-receipts = Fetch all receipts (ZIP)
transfer-signed-minutes = Signed minutes
transfer-file-minutes = Hand in signed minutes
transfer-file-minutes-lead = A PDF that carries digital signatures, of either side. They are judged as in every document that is handed in; the file is kept in the archive, and both sides fetch it.
transfer-steps = Course
transfer-no-steps = Not submitted yet.
severity-error = error
severity-warning = warning
severity-note = note
waiting-transfers = { $count ->
    [one] { $number } transfer waits to be accepted or returned
   *[other] { $number } transfers wait to be accepted or returned
}
waiting-returned = { $count ->
    [one] { $number } transfer was returned
   *[other] { $number } transfers were returned
}
problem-conflict = Not possible now
problem-conflict-detail = The state does not allow it. Look at it again.
problem-too-long = Too much at once
problem-too-long-detail = There is more than is taken here.

nav-disposal = Disposal
disposal-lead = From a list of records without further value to their destruction, as the law has it. Nothing is destroyed without a decision.
disposal-mine = Waiting for me
disposal-nothing-waits = Nothing is waiting
disposal-nothing-waits-detail = Cases appear here when it is this account's turn.
disposal-others = Waiting for others
disposal-ended = Ended
disposal-open = Open a case
disposal-open-wrong = The subject has 1 to 2000 characters.
disposal-subject = Subject
disposal-appraisal = Opinion of the archives authority
disposal-appraisal-required = required
disposal-appraisal-not-required = not required
disposal-case = Disposal case
disposal-items = { $count ->
    [one] { $number } item
   *[other] { $number } items
}
disposal-listed = On the list
disposal-approved = Fully approved
disposal-excluded = Taken off
disposal-destroyed = Destroyed
disposal-left = Left
disposal-list = The list
disposal-list-empty = Nothing is on the list yet.
disposal-foresight = What the execution would do now
disposal-foresight-lead = Each item decided as it would be at this moment; nothing is destroyed or recorded.
disposal-foresight-none = Every item has been dealt with.
disposal-would-be-destroyed = would be destroyed
disposal-would-be-left = would be left
disposal-emptied = nothing is left on the list: it waits for nobody and can only be ended
disposal-emptied-detail = Nothing is left on the list, so nobody can decide on anything. The case waits for nobody: end it; its records may be listed in another case.
disposal-leaves = Somebody has not voted on every item. Closed now, so many items leave the list: { $value }.
disposal-leave = I know that, and close it
disposal-tick-keep = Keep
disposal-tick-refuse = Not agreed to
disposal-tick-page = Only boxes of this page count; items of other pages are named in the form by their codes.
disposal-stated = stated by the agency, and confirmed: { $value }
disposal-field-why-keep = Why the items ticked on the list are kept
disposal-list-digest = Digest of the list as shown; an approval names it:
disposal-until = kept until { $value }
disposal-ground-expired = period has ended
disposal-ground-duplicate = there twice
disposal-fate-listed = on the list
disposal-fate-excluded = taken off
disposal-fate-destroyed = destroyed
disposal-fate-left = left
disposal-fate-failed = failed
disposal-parts = Persons and approvals
disposal-has-not-voted = Has not voted
disposal-window = To be executed
disposal-documents = Documents
disposal-executing = Being destroyed
disposal-risk-voided = { $count ->
    [one] { $number } item changed after it was approved: its approvals are void, and it will be left.
   *[other] { $number } items changed after they were approved: their approvals are void, and they will be left.
}
disposal-risk-unsigned = { $count ->
    [one] { $number } document was taken without a proven signature.
   *[other] { $number } documents were taken without a proven signature.
}
disposal-risk-other-signer = { $count ->
    [one] One signed document bears another name than that of who acted.
   *[other] { $number } signed documents bear other names than those of who acted.
}
disposal-risk-unrecorded = { $count ->
    [one] One item has changed (a hold, an event, a rule); the next act records it.
   *[other] { $number } items have changed (holds, events, rules); the next act records them.
}
disposal-risk-failed = { $count ->
    [one] { $number } item could not be destroyed.
   *[other] { $number } items could not be destroyed.
}
disposal-risk-broken-off = The last destruction was broken off: { $value }. What is gone is recorded; the rest is destroyed when it is asked for again.
disposal-risk-unreached = A copy could not be reached: { $value }
disposal-refused-conflict = Not possible now
disposal-refused-invalid = Something is missing or can't be read
disposal-refused-denied = Not allowed
disposal-act-add = Put on the list
disposal-lead-add = Records or dossiers by code, one a line. What may not be destroyed is passed over.
disposal-act-add-found = List what has expired
disposal-lead-add-found = Everything whose period has ended, if wanted of one agency, or of work that ended by a year.
disposal-act-exclude = Take off the list
disposal-lead-exclude = Records by code, one a line; with another period in years if wanted.
disposal-act-reassess = Look at every item anew
disposal-lead-reassess = A hold, an event or a rule may have changed what the list says.
disposal-act-submit = Submit the list
disposal-lead-submit = With the list and its justification, signed. Another person decides.
disposal-act-appoint = Set up the council
disposal-lead-appoint = By names of accounts. The secretary does not vote.
disposal-act-vote = Vote
disposal-lead-vote = For the destruction of every item of the list as shown, but those named here.
disposal-act-close-council = Close the council
disposal-lead-close-council = With the signed minutes. What was not agreed to leaves the list.
disposal-act-opinion = Record the appraisal opinion
disposal-lead-opinion = The signed opinion of the archives authority. What it refuses leaves the list.
disposal-act-decide = Decide
disposal-lead-decide = On the destruction of the list as shown, with the signed decision. The password is asked for again.
disposal-act-start = Begin the execution
disposal-lead-start = After the waiting period. Another person than decided.
disposal-act-execute = Destroy
disposal-lead-execute = Each item is decided anew; what speaks against it is left. What is destroyed nobody can bring back. The password is asked for again.
disposal-act-finish = End the execution
disposal-lead-finish = Although some items could not be destroyed: they stay.
disposal-act-minutes = Record the destruction minutes
disposal-lead-minutes = Signed by the executor and a witness.
disposal-act-certify = Record the certificate
disposal-lead-certify = Copies that could not be reached, one a line.
disposal-act-attest = Attest a copy gone
disposal-act-attach = File a document
disposal-lead-attest = As the certificate names it.
disposal-lead-attach = Justification, submission, minutes of the hand-over, a later certificate: what no step rests on. A signed copy of a paper that was made here is known.
disposal-act-keep = Close the file of the case
disposal-lead-keep = Nothing is changed afterwards.
disposal-act-abort = End the case
disposal-lead-abort = Before its execution, with the reason.
disposal-paper = Make a paper to be signed
disposal-paper-lead = The PDF/A file is made from the case as it stands, to be signed and handed in with its step.
disposal-paper-agency = Agency that issues it
disposal-paper-place = Place
disposal-paper-fonds = Name of the fonds
disposal-paper-position = Position of who signs
disposal-paper-signer = Who signs
disposal-paper-superior = Agency above it
disposal-paper-number = Number and notation, or the notation alone
disposal-paper-on = Day of issue; left open without one
disposal-paper-recipients = Who receives it, one a line
disposal-field-history = How the records came to be and were kept, a paragraph a line
disposal-field-contents = What they are, a paragraph a line
disposal-field-quorum = How many must vote on an item, if not more than half
disposal-field-bound = Who is bound by it
disposal-field-began = Began
disposal-field-ended = Ended
disposal-field-venue = Where
disposal-field-absent = Absent, one a line: name=reason
disposal-field-discussion = What was said, a paragraph a line
disposal-field-addressees = To whom, one a line
disposal-field-enclosures = Enclosures, one a line; without any the documents of the case
disposal-field-executor = Who destroys
disposal-field-givers = Who gives, a name a line
disposal-field-receiver = Unit that receives, and destroys
disposal-field-receivers = Who receives, a name a line
disposal-field-condition = State of the records, if not whole
disposal-field-method = How it was done, a paragraph a line; without any as this archive destroys
disposal-field-record = Codes, one a line
disposal-field-note = Remark on the list
disposal-field-agency = Agency code
disposal-field-until = Work ended by the year
disposal-field-reason = Reason
disposal-field-years = Keep for years instead
disposal-field-chair = Chair
disposal-field-secretary = Secretary
disposal-field-member = Members, one a line
disposal-field-keep = To be kept, one a line: code=reason
disposal-field-abstain = Not voted on, one a line
disposal-field-refuse = Not agreed to, one code a line
disposal-field-witness = Who signs for the other side
disposal-field-unreached = Copies not reached, one a line
disposal-field-copy = Which copy
disposal-field-document = Signed document
disposal-field-on = Day of the document, if not today
disposal-field-unsigned = If no signature of it can be proven: why it is taken

rules = Retention rules
rules-lead = The schedules that rule, who compared each line with its text, and the law's numbers. Nothing is destroyed on a line that nobody confirmed.
rules-none = No schedule is adopted.
rules-versions = Schedules that rule
rules-proposals = Waiting for a second person
rules-approve = Approve
rules-approve-one = Approve { $value }
rules-all-lines = Lines
rules-table = Table of the lines
rules-code = Code
rules-records = Records
rules-period = Period
rules-text = Legal text
rules-standing = Compared
rules-confirmed-by = Confirmed:
rules-verified = Verified
rules-unconfirmed = Not confirmed
rules-governs = Governs
rules-governs-all = all records that are not disposed of
rules-governs-accessioned = records accessioned from { $value } on
rules-governs-ended = work ended in { $value } or later
rules-by-accession = records accessioned from a day on
rules-by-end = records whose work ended in a year or later
rules-from = From the day (YYYY-MM-DD) or the year
rules-adopt = Adopt a schedule
rules-adopt-lead = Paste the rule file and look first: how many records become due earlier or later. What shortens needs a second person.
rules-file = The rule file (TOML)
rules-reason = Why, and by which order
rules-preview = Preview
rules-foreseen = If it were adopted today
rules-lines = Lines
rules-earlier = Records kept shorter
rules-later = Records kept longer
rules-newly-due = Records ended by it
rules-no-longer-due = Records not ended any more
rules-without = Records under a line it does not have
rules-cases = Open disposal cases that it touches
rules-one-person = One person may adopt it.
rules-second-person = A second person must approve it.
rules-refused = It can't be adopted:
rules-not-done = Not done.
rules-confirm = Confirm lines
rules-confirm-lead = You compared each line with the official text yourself. From then on records may be disposed of on them.
rules-codes = Codes of the lines, with spaces between
rules-version = Version (empty: the newest)
rules-basis = The text that you compared them with
rules-mandate = By what right you confirm them
rules-withdraw = Withdraw confirmations
rules-withdraw-lead = Nothing more is disposed of on these lines.
rules-law = The law's numbers
rules-law-table = Table of the law's numbers

nav-holds = Holds
holds-lead = What a hold covers is not destroyed, until another person releases it.
holds-none = There is no hold
holds-none-detail = Orders that block destruction are placed here.
hold-place = Place a hold
hold-place-lead = A hold covers records or one dossier by code, or whatever fits all conditions that are given, also what comes later.
hold-ask-records = Records, or one dossier, by code
hold-ask-agency = Or the agency that transferred, with those under it
hold-ask-class = Rule or schedule, by its code
hold-ask-file_code = Code of the dossier begins with
hold-ask-worked_from = Work ended from year
hold-ask-worked_to = to year
hold-ask-document_type = Type of document
hold-ask-issued_from = Issued from
hold-ask-issued_to = to
hold-ask-words = In the subject (commas between phrases)
hold-ask-reason = Reason
hold-ask-mandate = Order that it rests on
hold-reason = Reason
hold-type-any = Any type
hold-place-wrong = Name records or one dossier, or conditions; a reason and an order.
hold-query-agency = agency { $value } and those under it
hold-query-rule = rule { $value }
hold-query-file-code = code of the dossier begins with { $value }
hold-query-worked = work ended in { $value }
hold-query-document-type = type: { $value }
hold-query-issued = issued { $value }
hold-query-subject = in the subject: { $value }
hold-records-covered = Records
hold-in-force = in force
hold-released = released
hold-release = Release
hold-release-refused = Another person than placed it must release it, once, with a reason.
waiting-cases = { $count ->
    [one] { $number } disposal case waits
   *[other] { $number } disposal cases wait
}

tombstone = Destroyed by law
tombstone-detail = This record was destroyed. What is told here remains for ever; its content nobody can bring back.
tombstone-case = Disposal case
tombstone-decision = SHA-256 of the decision
tombstone-when = Destroyed

# --- webhooks
nav-webhooks = Webhooks
action-read-webhooks = See webhooks
action-keep-webhooks = Make and remove webhooks
waiting-webhook = The webhook of { $value } is disabled: its system did not answer for three days
webhooks-lead = An agency's system is told over HTTPS when one of the agency's transfers was returned, accepted or accessioned. Messages are signed (Standard Webhooks); what is in a transfer they do not say.
webhook-made = The secret of the new webhook
webhook-made-lead = Shown this once. Give it to the agency on a safe way: its system checks signatures with it.
webhook-make = Make a webhook
webhook-agency = Code of the agency, with those under it
webhook-url = Address of its system (https)
webhook-invalid = A webhook has the code of an agency and an https address of the public internet.
webhooks-all = All webhooks
webhooks-none = There is no webhook yet.
webhook-well = well
webhook-failing = failing
webhook-disabled = disabled
webhook-again = Tried again { $value }:
webhook-resume = Try again now
webhook-resume-one = Try the webhook of { $value } again
webhook-remove = Remove
webhook-remove-one = Remove the webhook of { $value }

nav-reports = Reports
reports = Reports
report-agencies = Volumes by agency
report-agencies-lead = Dossiers, records and bytes of what each agency transferred, as far as this account’s agencies go.
report-levels = By access mode
report-levels-lead = How open what is held was when it was accessioned.
report-periods = By period
report-periods-lead = The period that the agency stated for each record.
report-years = By year of accession
report-years-lead = What came in which year.
report-signatures = Signed share
report-signatures-lead = Records with digital signatures, and what those led to at accession. Without a signature is no fault: digitised paper has none.
report-findings = Findings
report-findings-lead = What the examination found of the records that were taken. What was refused is not held and not counted.
report-procedures = Procedure codes
report-procedures-lead = Codes of administrative procedures that agencies state beside their documents. Odd is a code of another form than those in use: no text of the rule was found, so none is called wrong.
report-total = Total
report-from = Accessioned from
report-to = to
report-show = Show
report-nothing = Nothing to count
report-nothing-detail = Nothing within this account’s reach fits. Choose other years or another agency.
report-left-out = { $count ->
    [one] { $number } more row is in the files.
   *[other] { $number } more rows are in the files.
}
column-agency = Agency
column-dossiers = Dossiers
column-records = Records
column-bytes = Size
column-level = Access mode
column-period = Period
column-year = Year
column-signed = Signed
column-signed-share = Signed, share
column-accepted = Accepted
column-review = To review
column-returned = Return advised
column-not-examined = Not examined
column-finding = Finding
column-severity = Severity
column-found = Times
column-stated = Codes stated
column-odd = Odd
column-odd-share = Odd, share

nav-fonds = Fonds
fonds = Fonds
fonds-lead = What each agency created, by the code of its dossiers: choose an agency, then a year.
fonds-by-year = Dossiers by the year in which the work ended
fonds-year = Dossiers of { $value }
fonds-search = Search in this fonds
fonds-no-dossier = No dossier of this year is within reach

nav-system = System
system = System
system-lead = How the archive stands, as it is this moment. Nothing on this page tells what a record says.
system-health = Health
system-good = in order
system-checkpoint = Signed checkpoint
system-clock = Clock
system-clock-now = It says
system-clock-newest = Newest event
system-clock-lead = Writing stops when the clock jumps, or stands before the newest event. Is it right now, because it was the earlier one that was wrong, say so: the ledger records who did.
system-clock-confirm = The clock is right
system-unsigned = { $count ->
    [one] { $number } entry is not under it yet
   *[other] { $number } entries are not under it yet
}
system-search = Search
system-jobs = Jobs
system-no-job = Nothing is being done just now.
system-examination = Examination
system-accession = Accession
system-destruction = Destruction
system-room = Storage
system-segments = Segments
system-ledger = Ledger
system-evidence = Time-stamps and evidence
system-catalog = Catalog (can be made again)
system-index = Index (can be made again)
system-free = Free on the disk
system-disk = Disk
system-keys = Keys
system-generation = Generation { $value }, each place compared with the ledger just now
system-anchors = Trust anchors
system-no-anchor = No root is trusted: no signature can be valid. Anchors are added with chauban trust add.
system-not-trusted = not trusted now
system-rules = Retention schedules
system-no-rule = No schedule is adopted: what agencies state is all there is.
system-by = adopted by { $value }
system-lines = { $value } lines
system-waits = waits for a second person
system-unconfirmed = { $count ->
    [one] { $number } line is not confirmed
   *[other] { $number } lines are not confirmed
}
system-confirmed = every line confirmed
action-read-system = See how the system stands

home-transfers = Transfers by state
home-horizon = Dossiers by the year in which their period ends, to ten years ahead
home-fixity = Fixity: entries of the ledger that each check of every byte read again
home-fixity-good = no doubt
home-fixity-doubts = { $count ->
    [one] { $number } doubt
   *[other] { $number } doubts
}
home-fixity-unread = Not read again since the last one without a doubt
due-charted = Dossiers whose period has ended or ends within these months
home-overdue = What has come due, dossiers
overdue-eligible = Period ended, may be listed for disposal
overdue-review = Period ended, somebody must look or confirm first
overdue-held = Period ended, under a hold
overdue-transfer = Permanent, late for the historical archive
overdue-deposit = Deposited later than the law allows

nav-agencies = Agencies
agencies = Register of agencies
agencies-lead = Which agency a code means on a day, and who succeeds whom. Every act stays; what was recorded wrongly is corrected by another act.
agencies-none = The register is empty
agencies-none-detail = As long as it is, agency codes of documents are compared with nothing. Administrators add agencies one by one, or take in a table.
agencies-find = Find in the register
agencies-on = On the day
agencies-words = Name or code, of any time
agencies-show = Show
agencies-of-day = Agencies on { $value }
agencies-found = Agencies with “{ $value }”
agencies-number = { $count ->
    [one] { $number } agency
   *[other] { $number } agencies
}
agencies-export = Export the register (CSV)
agencies-table = Table of agencies
agencies-there = There
agencies-not-there = not there on this day
agencies-since = from { $value }
agencies-prove = Recording in the register needs a password given in the last ten minutes.
prove-now = Give it before you fill a form
trust-prove = Proposing and confirming need a password given in the last ten minutes; a file that was chosen before would have to be chosen again.
disposal-prove = What is offered here needs a password given in the last ten minutes; a document that was chosen before would have to be chosen again.
agencies-record = Record in the register
agencies-record-lead = Each act is an event of the ledger, with who recorded it and the legal act that it rests on. An agency is named by a code that it has on the day, or by its identifier.
agencies-not-done = Not recorded.
agencies-import = Take in a table
agencies-import-lead = A CSV file, UTF-8, 2 MB at most, with the columns code, name, from; also agency, parent, until, mandate, ended, how, successors, end_mandate. Look first: nothing is recorded by that.
agencies-file = The CSV file
agencies-look = Look first
agencies-adopt = Record the lines that were understood
agencies-would-record = { $count ->
    [one] { $number } act would be recorded.
   *[other] { $number } acts would be recorded.
}
agencies-recorded = { $count ->
    [one] { $number } act was recorded.
   *[other] { $number } acts were recorded.
}
agencies-known = { $count ->
    [one] { $number } was known.
   *[other] { $number } were known.
}
agencies-unread = Columns that nobody reads: { $value }
agencies-refused = Lines that were refused
agencies-line = Line { $value }
agencies-more-lines = { $count ->
    [one] and { $number } more
   *[other] and { $number } more
}
agencies-identifier = Identifier in the archive
agencies-dated = Names, codes and place
agencies-around = Above, before and after
agencies-no-other = no other
agencies-under-none = under none
agencies-ended = Ended by
agencies-how-merger = merger
agencies-how-absorption = absorption
agencies-how-division = division
agencies-how-dissolution = dissolution
agencies-acts = What was recorded
agencies-acts-lead = Newest first. An act is corrected by its number.
agencies-corrected = corrected by #{ $value }
agencies-says = What #{ $value } says
agencies-void = nothing of it counts
agencies-act-add = Add an agency
agencies-act-merge = Merge
agencies-act-rename = Give another name
agencies-act-code = Give another code
agencies-act-end-code = End a code
agencies-act-move = Put under another
agencies-act-split = Divide
agencies-act-dissolve = Dissolve
agencies-act-correct = Correct an act
agencies-act-void = Void an act
agencies-act-succeed = Succession
agencies-lead-add = It is there from its first day.
agencies-lead-merge = Those before end on the day before. Name the new one, or the one that is there and takes them in.
agencies-lead-rename = The name before goes on for the days before.
agencies-lead-code = Codes before stay the agency's until they are ended.
agencies-lead-end-code = After this day the code does not mean it any more.
agencies-lead-move = No agency above: it is under none.
agencies-lead-split = It ends on the day before; two or more new ones take its place.
agencies-lead-dissolve = It ends, and none takes its place.
agencies-lead-correct = Give the number of the act, and only what of it is otherwise.
agencies-lead-void = It counts no more, and stays in sight.
agencies-ask-name = Name
agencies-ask-code = Code
agencies-ask-under = Agency above (code or identifier)
agencies-ask-from = First day
agencies-ask-until = Last day
agencies-ask-mandate = Legal act that it rests on
agencies-ask-predecessors = Agencies that end, one code or identifier a line
agencies-ask-new = New agencies, one a line: name, or CODE=name
agencies-ask-into = Or the one that is there and takes them in
agencies-ask-number = Number of the act
agencies-ask-reason = Why
agencies-field-agency = Agency
agencies-field-name = Name
agencies-field-code = Code
agencies-field-on = Day
agencies-field-from = First day
agencies-field-until = Last day
agencies-field-last = Last day
agencies-field-under = Under
agencies-field-parent = Under
agencies-field-how = How
agencies-field-predecessors = Succeeds
agencies-field-successors = Succeeded by
agencies-field-mandate = Legal act
agencies-field-number = Act
agencies-field-instead = Instead
agencies-field-reason = Why

# Readers' requests
nav-requests = Readers
requests = Readers' requests
requests-lead = Who asks for which records, for what, and what was given out. Who asks is shown in each request alone; every look at one is recorded.
requests-waiting = Waiting for you
requests-nothing-waits = No request waits for you
requests-nothing-waits-detail = Requests that you are to approve or to answer appear here.
requests-others = Other requests
requests-all = All
requests-none = No request is in this state
requests-states = By state
request-new = Receive a request
request-new-lead = Write down what a reader asks for as the letter has it. That it was received is recorded in the ledger.
request-wrong = It was not received:
request-of-record = Request a copy
request-form = Form
request-records = Records, by code or identifier
request-records-detail = One a line, 100 at most.
request-reader = Name of the reader
request-document = Document that proves who that is: kind and number
request-purpose = Purpose
request-mandate = What it rests on: letter, introduction, decision
request-copies = Pieces of each copy
request-use-until = A certified copy is to be used until
request-received = Received { $value }
request-more = { $count ->
    [one] { $number } record
   *[other] { $number } records
}
request-who = Request
request-access = Access today
request-listed = Records
request-destroyed = destroyed
request-not-made = no copy made
request-paper = paper of the copy made
request-certificate = Download the certificate to be signed
request-copy = Download the copy
request-certify = Hand in the signed certificate
request-certify-lead = The file must begin with the one that was downloaded, and its signatures must pass.
request-signed = Signed certificate
request-unsigned = Without a signature that passes: why it is taken
request-next = Next step
request-approve = Approve
request-approve-open = Open to everybody: one person may both receive and approve.
request-approve-closed = Not all records are open: another person than received it must approve, and gives the password again.
request-approve-waits = Waits for somebody who may approve it.
request-refuse = Refuse
request-fulfil = Make the copies
request-fulfil-lead = Makes the paper of each copy; then the copies can be downloaded.
request-close = Close the request
request-close-lead = Once it is closed no copy can be downloaded, and no pass opens it.
request-reason = Reason
request-over = This request is over: no step is left.
request-history = History
request-changed = The request has changed since you opened the page. Look at it again first.
request-refused-step = Not done:
waiting-requests = { $count ->
    [one] { $number } reader's request waits
   *[other] { $number } readers' requests wait
}
action-read-requests = See readers' requests
action-handle-requests = Receive and answer readers' requests
action-approve-requests = Approve requests for what is open, or refuse any
request-days = Days of reading
request-read-until = Read until
request-days-wanted = Reading copy: for how many days
request-days-detail = 15 at most, as is reported of Circular 05/2025/TT-BNV (its text was not read). Copies have none.
request-in-place = read in place
request-lend = Give out the reading copy
request-pass = Issue another pass
request-pass-lead = The reader opens the reading copy by a link, without an account. The link is shown once; a pass issued before opens nothing any more.
request-pass-issued = Link for the reader
request-pass-once = Give it to the reader now: this link is not shown again. Whoever has it reads until its end.
request-revoke = Revoke the pass
event-pass-issued = Reader's pass issued
event-pass-revoked = Reader's pass revoked
action-read-by-pass = Read with a pass
audit-reader = Reader with a pass
reading = Reading copy
reading-lead = Enter the pass that the archive gave you. It opens the records that were approved, to be read in place until the day that was approved.
reading-pass = Pass
reading-pass-label = Pass
reading-open = Open
reading-wrong = The pass is wrong, has ended, or was revoked.
reading-mark = READING COPY · until { $value }
reading-terms = To be read in place; it has no value as a copy. Each opening is recorded in the archive's ledger.
reading-destroyed = { $count ->
    [one] { $number } record was destroyed by law and can't be read any more
   *[other] { $number } records were destroyed by law and can't be read any more
}
reading-nothing = No record is left to be read
reading-shown = Record: { $value }
reading-end = End reading

trust = Trust anchors
trust-lead = Signatures are believed under these roots, each between two days. One person proposes, another confirms; each finds the fingerprint themselves in what the authority published, never in the file.
trust-proposals = Waiting for a second person
trust-waits = waits
trust-proposed-by = Proposed: { $value }
trust-none = No root is trusted: no signature can be valid.
trust-trusted = trusted now
trust-ended-because = Ended: { $value }
trust-subject = Subject
trust-key = Key
trust-tree = Tree
trust-valid = Certificate valid
trust-span = Trusted
trust-source = Fingerprint found in
trust-confirm = Confirm
trust-confirm-lead = Find the fingerprint in what the authority published, and type it here. From then on signatures are judged by this root.
trust-decline = Decline
trust-decline-lead = The proposal waits no more.
trust-end = End the trust
trust-end-lead = What was signed up to this day stays to be judged by it.
trust-propose = Propose a trust anchor
trust-propose-lead = This needs a password given in the last ten minutes. It counts once another administrator has confirmed it.
trust-not-done = Not done.
trust-ask-file = The certificate (PEM or DER)
trust-ask-fingerprint = SHA-256 of the certificate, as its authority published it
trust-ask-source = Where that was found
trust-ask-tree = What it is the root of
trust-ask-name = Name (empty: the certificate's own)
trust-ask-from = Trusted from (empty: the certificate's first day)
trust-ask-until = Trusted until
trust-ask-reason = Why
trust-tree-official-duty = official duty
trust-tree-public = public
trust-tree-time-stamping = time-stamping
trust-tree-other = other
event-trust-anchor-proposed = Trust anchor proposed
action-keep-trust = Keep trust anchors and outside sources

sources = Outside sources
sources-lead = The archive asks nobody but these. To be asked is not to be believed: that goes by the trust anchors.
sources-authorities = Time-stamping authorities
sources-no-authority = Nobody is asked.
sources-places = Sources of evidence
sources-no-place = Nothing is fetched.
sources-stamps = Time-stamps
sources-stamps-table = Table of time-stamps
sources-no-stamp = There is no time-stamp.
sources-checkpoint = Checkpoint
sources-time = Time
sources-authority = Authority
sources-holds = Holds until
sources-ended = ended: { $value }
sources-end = Ask no more
sources-end-lead = What came stays.
sources-add-authority = Allow an authority
sources-add-authority-lead = Nothing but a hash goes there. This needs a password given in the last ten minutes.
sources-add-place = Allow a place
sources-add-place-lead = A host, host:port, or the beginning of an address. Never into a private network, unless a machine to connect to is named. This needs a password given in the last ten minutes.
sources-ask-name = Name, for ever (lower-case letters, digits, hyphens)
sources-ask-url = Address
sources-ask-place = Place
sources-ask-via = Connect to this machine (IP or IP:port; may be empty)
sources-ask-reason = Why
upkeep = What the service does by itself
upkeep-table = Table of what the service does by itself
upkeep-what = What
upkeep-last = Last look
upkeep-next = Next look
upkeep-failure = Last failure
upkeep-failed = failed
upkeep-not-yet = not yet
upkeep-at-work = at work
upkeep-time-stamps = Time-stamps
upkeep-second-runs = Signatures validated again
upkeep-fixity = Every byte checked
upkeep-webhooks = Agencies’ systems told
upkeep-now = Do now
upkeep-run-time-stamp = Ask for a time-stamp
upkeep-run-backup = Back up
upkeep-run-check = Check the structure
upkeep-run-deep = Check every byte
upkeep-run-signatures = Repeat every verdict
upkeep-run-validation = Try verdicts that wait
upkeep-validated = { $count ->
    [one] One verdict that waited was tried again;
   *[other] { $number } verdicts that waited were tried again;
}
upkeep-news = { $value } brought something new.
upkeep-no-folder = The configuration names no folder for copies (work.backup_folder).
upkeep-under-way = It ends when the service does.
upkeep-copied = { $count ->
    [one] { $number } file copied
   *[other] { $number } files copied
}
upkeep-doubts = { $count ->
    [0] Everything fits.
    [one] { $number } doubt.
   *[other] { $number } doubts.
}
upkeep-stamped = { $count ->
    [0] No authority gave a time-stamp.
    [one] { $number } time-stamp came.
   *[other] { $number } time-stamps came.
}
system-time-stamp = Time-stamp
system-backup = Backup
system-check = Check
system-validation = Signatures validated again
action-run-upkeep = Run time-stamps, backups, checks
action-revalidate-signatures = Validate signatures again
action-confirm-clock = Confirm the clock

periods-of = Retention of { $value }
periods-day = Day
periods-explain = What may become of it then
periods-on-day = What may become of it on { $value }
periods-permit-nothing = This explains and permits nothing: only a disposal case destroys.
periods-waiting = Rule { $value } was assigned and keeps shorter, or may: it counts once an authorised person confirms it.
periods-recorded = What was recorded
periods-none = Nothing was recorded: what the agency stated when it handed over rules.
periods-waits = waits for a second person
periods-revoked = revoked
periods-rule = Code of the rule
periods-kind = What happened
periods-on = When: a day (2026-03-01), a month, a year, or an interval (2023-05/2024); empty where it is not known
periods-when = When
periods-with = The other record
periods-stated = Stated by the agency
periods-period = Period given instead
periods-entry = Event
periods-basis = The text by which it is right: line of a table, or decision
periods-mandate = By what right it is confirmed
periods-reason = Reason
periods-also = Also of these records or dossiers, one a line: of all or of none
periods-record = Record
periods-record-lead = Each act is an event of the ledger. What shortens a period counts only once another person confirms it.
periods-act-assign = Put under a rule
periods-lead-assign = A rule of retention or of access, as an adopted schedule has it.
periods-act-event = Record what happened
periods-lead-event = Something that a period may wait for, and how that is known.
periods-act-keep = Go on keeping
periods-lead-keep = It is due for review, and goes on being kept.
periods-act-revoke = Revoke an event
periods-lead-revoke = It was recorded wrongly, and counts for nothing.
periods-act-link = Link with another record
periods-lead-link = Neither goes before the other may.
periods-act-unlink = Dissolve a link
periods-lead-unlink = Each goes by its own period again.
periods-confirming = Confirmation by an authorised person
periods-confirm = Confirm
periods-confirm-rule = What is confirmed: rule { $value }, which another person assigned, counts from now on.
periods-confirm-stated = What is confirmed: the period that the agency states is as prescribed. Until then nothing is destroyed on it.
periods-prove = Confirming needs a password given in the last ten minutes.
periods-not-done = Not recorded.
periods-more = Rules, events and links
action-describe = Amend descriptions
action-keep-periods = Record what periods rest on

due = What is due
due-lead = Dossiers whose period has ended or ends soon, those that await an event, and the permanent ones that are late for the historical archive. Counting disposes of nothing.
due-by = Count by
due-by-agency = agency
due-by-year = year in which the period ends
due-by-rule = rule or statement
due-within = Months ahead
due-count = Count
due-on = Dossiers on { $value }
due-dossiers-by = Dossiers
due-without-day = without a last day
due-nothing = Nothing is due
due-nothing-detail = Look further ahead, or at another agency.
due-ended = Dossiers whose period has ended
due-until = Until
due-outcome = What may become of it
due-every = Every record
due-every-lead = What may become of each record on that day, in numbers. A large archive takes some seconds.
due-evaluate = Count every record
due-records = Records looked at
due-dossiers = Dossiers with records
due-waiting = Records of which an assigned rule waits for a second person
due-transfer = To the historical archive
due-list = Make the list of dossiers to be transferred
due-list-lead = Permanent dossiers whose time has come, as PDF/A to be signed. Nothing is transferred by it, and nothing recorded.
due-list-agency = Agency that issues it
due-list-place = Place
due-list-fonds = Name of the fonds
due-list-receiver = Historical archive that receives them
due-list-position = Position of who signs
due-list-signer = Who signs
due-list-of = Only of this agency (code), with those under it
due-list-within = Months ahead (12)
due-list-year = Year of the transfer (this year)
due-list-not-made = The list was not made.
due-list-empty = No permanent dossier must be transferred by then.
periods-history = Everything known of it, to go with it elsewhere:

setting = Archive, times of transfer, holidays
law-period-min = Shortest fixed period
law-period-max = Longest fixed period
law-deposit-digital = Deposit in the current archive, digital records: from completion
law-deposit = Deposit in the current archive: from completion of the work
law-deposit-construction = Deposit of construction dossiers: from settlement
law-deposit-extension = How much longer a unit may keep a dossier, with written consent
law-transfer = Transfer to the historical archive: from the year of deposit
law-transfer-sector = The same, where another law sets the time: at most
law-transfer-registration = How long before a transfer it is registered
law-transfer-answer = How long the historical archive has to answer
law-transfer-decision = How long the decision on a transfer may take
law-execution = Execution: from the disposal decision
law-waiting = Between the decision and the earliest execution
law-council = From the council's appointment to its minutes
law-disposal-file = How long the file of a disposal case is kept
setting-lead = What rules beside schedules. Each is an event of the ledger, with who said it and why.
setting-archive = What kind of archive this is
setting-not-called = Name and place of the archive are not set. Copies, certified copies and minutes bear them; without them no copy is made.
setting-set-archive-name = Say name and place
setting-lead-archive-name = They stand at the head of papers made from now on. What was made stays as it is.
setting-name = Name of the archive
setting-place = Place
setting-times = Who transfers by another law's time
setting-all-general = Every agency transfers to the historical archive by the general time.
setting-sector-general = general: five years
setting-sector-special = special: thirty years, where another law sets the time
setting-days = Days off
setting-days-of = Days of { $value }
setting-off = Off
setting-worked = Worked instead
setting-not-whole = not whole
setting-set-archive-kind = Say that it is another
setting-lead-archive-kind = A historical archive takes permanent records only, and transfers nothing further. What is held stays.
setting-set-sectors = Say it of an agency
setting-lead-sectors = Agencies under it come along, unless something else is said of them.
setting-set-holidays = Adopt a file of holidays
setting-lead-holidays = The years in the file replace what was known of them; the others stay.
setting-kind = Kind
setting-agency = Code of the agency
setting-sector = Time
setting-text = The file, TOML
setting-reason = Why, and by which order or text
setting-prove = Changing this needs a password given in the last ten minutes.
setting-not-done = Not changed.
action-read-agencies = Read the register of agencies
action-read-rules = See what rules
action-confirm-periods = Confirm periods
due-ended-table = Table of dossiers whose period has ended
