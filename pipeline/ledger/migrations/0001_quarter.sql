-- The ledger of one workspace: what came in, how it was judged, what is due,
-- what was published, what was paid. Money is INTEGER fen, days are ISO TEXT,
-- rates are decimal TEXT in percent. Each block belongs to one stage.

-- audit: append-only and chained; every change of the ledger has an entry ----

CREATE TABLE audit (
  seq      INTEGER PRIMARY KEY,
  on_day   TEXT NOT NULL,
  operator TEXT NOT NULL,
  action   TEXT NOT NULL,
  subject  TEXT NOT NULL,
  detail   TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash     TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_grows_at_its_end BEFORE INSERT ON audit -- INSERT OR REPLACE fires no DELETE trigger
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) OR EXISTS (SELECT 1 FROM audit WHERE hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- runs and stages: a settlement is (workspace, quarter), a run an attempt -----

CREATE TABLE run (
  id       INTEGER PRIMARY KEY,
  on_day   TEXT NOT NULL,
  operator TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('open', 'done'))
) STRICT;

CREATE TABLE stage (
  id          INTEGER PRIMARY KEY,
  run_id      INTEGER NOT NULL REFERENCES run (id),
  quarter     TEXT NOT NULL,
  name        TEXT NOT NULL,
  version     INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  inputs      TEXT NOT NULL, -- JSON: input name → digest, so that a rerun can say which one changed
  tally       TEXT NOT NULL, -- JSON
  items_in    INTEGER NOT NULL,
  items_out   INTEGER NOT NULL,
  reason      TEXT NOT NULL, -- why it ran
  on_day      TEXT NOT NULL
) STRICT;
CREATE INDEX stage_latest ON stage (quarter, name, id);

-- outputs: every file written, with the digest it must have -------------------

CREATE TABLE output (
  path    TEXT PRIMARY KEY, -- relative to out/, with slashes
  quarter TEXT NOT NULL,
  stage   TEXT NOT NULL,
  sha256  TEXT NOT NULL, -- '' for a file that was withdrawn and must not be there
  rows    INTEGER NOT NULL,
  total   INTEGER NOT NULL,
  archived INTEGER NOT NULL CHECK (archived IN (0, 1)) -- bytes kept in archive/: restored, never rendered again
) STRICT;

-- ingest ----------------------------------------------------------------------

CREATE TABLE file (
  id          INTEGER PRIMARY KEY,
  digest      TEXT NOT NULL,
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('statement', 'decisions', 'objections', 'return')),
  bank        TEXT NOT NULL,
  quarter     TEXT NOT NULL,
  size        INTEGER NOT NULL,
  reading     TEXT NOT NULL, -- digest of the settings it was read with
  correction  INTEGER NOT NULL CHECK (correction IN (0, 1)),
  state       TEXT NOT NULL CHECK (state IN ('live', 'replaced')),
  replaced_by INTEGER REFERENCES file (id),
  read_on     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX file_live ON file (digest) WHERE state = 'live';

CREATE TABLE sheet (
  file_id     INTEGER NOT NULL REFERENCES file (id),
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  skipped     TEXT NOT NULL, -- why the sheet is no statement, '' if it is one
  header_rows TEXT NOT NULL, -- JSON [first, last]
  columns     TEXT NOT NULL, -- JSON: index, heading, field
  totals      TEXT NOT NULL, -- JSON: declared and computed sums
  data_rows   INTEGER NOT NULL,
  PRIMARY KEY (file_id, position)
) STRICT;

CREATE TABLE line (
  id        INTEGER PRIMARY KEY,
  file_id   INTEGER NOT NULL REFERENCES file (id),
  position  INTEGER NOT NULL, -- of the sheet in its file
  row       INTEGER NOT NULL,
  live      INTEGER NOT NULL CHECK (live IN (0, 1)),
  quarter   TEXT NOT NULL,
  bank      TEXT NOT NULL,
  contract  TEXT NOT NULL,
  tranche   TEXT NOT NULL,
  borrower  TEXT NOT NULL,
  person    TEXT NOT NULL,
  balance   INTEGER NOT NULL,
  rate      TEXT NOT NULL,
  disbursed TEXT NOT NULL,
  matures   TEXT NOT NULL,
  paid      INTEGER NOT NULL,
  from_day  TEXT NOT NULL,
  to_day    TEXT NOT NULL,
  days      INTEGER NOT NULL,
  due       INTEGER NOT NULL,
  penalty   INTEGER NOT NULL,
  amount    INTEGER NOT NULL,
  signed    TEXT NOT NULL,
  approved  INTEGER NOT NULL,
  renewals  INTEGER NOT NULL,
  original_maturity TEXT NOT NULL,
  extension_signed  TEXT NOT NULL,
  account   TEXT NOT NULL,
  given     INTEGER NOT NULL, -- bit set of the fields the sheet filled
  words     TEXT NOT NULL,    -- JSON: the text fields that no query needs
  problems  TEXT NOT NULL,    -- JSON, '' for none
  facts     TEXT NOT NULL,    -- digest of everything the line says, its place excepted
  UNIQUE (file_id, position, row)
) STRICT;
CREATE INDEX line_quarter ON line (quarter, live);
CREATE INDEX line_loan ON line (bank, contract);

-- the roster: person rows with the snapshots between which they stood so -------

CREATE TABLE snapshot (
  id       INTEGER PRIMARY KEY,
  digest   TEXT NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  taken_on TEXT NOT NULL,
  read_on  TEXT NOT NULL,
  persons  INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
  id             INTEGER PRIMARY KEY,
  first_snapshot INTEGER NOT NULL REFERENCES snapshot (id),
  last_snapshot  INTEGER NOT NULL REFERENCES snapshot (id),
  content        TEXT NOT NULL, -- digest of the columns below
  household      TEXT NOT NULL,
  name           TEXT NOT NULL,
  person         TEXT NOT NULL,
  township       TEXT NOT NULL,
  village        TEXT NOT NULL,
  joined         TEXT NOT NULL,
  left_on        TEXT NOT NULL,
  payout_bank    TEXT NOT NULL,
  account        TEXT NOT NULL
) STRICT;
CREATE INDEX person_id ON person (person);
CREATE INDEX person_household ON person (household);

-- validate ----------------------------------------------------------------------

CREATE TABLE judgement (
  line_id   INTEGER PRIMARY KEY REFERENCES line (id),
  quarter   TEXT NOT NULL,
  outcome   TEXT NOT NULL CHECK (outcome IN ('accepted', 'held', 'returned')),
  household TEXT NOT NULL,
  township  TEXT NOT NULL,
  village   TEXT NOT NULL,
  payee     TEXT NOT NULL, -- name on the roster
  payout_bank TEXT NOT NULL,
  account   TEXT NOT NULL, -- where the money goes, '' if not known
  extension_barred INTEGER NOT NULL CHECK (extension_barred IN (0, 1)),
  blocked   TEXT NOT NULL, -- codes of payment holds, comma separated
  facts     TEXT NOT NULL, -- digest that a decision stands on
  decision  INTEGER NOT NULL -- the decision applied, 0 for none
) STRICT;
CREATE INDEX judgement_quarter ON judgement (quarter, outcome);
CREATE INDEX judgement_household ON judgement (household);

CREATE TABLE finding (
  line_id  INTEGER NOT NULL REFERENCES line (id),
  position INTEGER NOT NULL,
  code     TEXT NOT NULL,
  field    INTEGER NOT NULL,
  cell     TEXT NOT NULL,
  value    TEXT NOT NULL,
  want     TEXT NOT NULL,
  details  TEXT NOT NULL,
  PRIMARY KEY (line_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
  id       INTEGER PRIMARY KEY,
  line_id  INTEGER NOT NULL REFERENCES line (id),
  round    INTEGER NOT NULL, -- decisions taken together, in sight of the same findings, share one
  facts    TEXT NOT NULL,
  verdict  TEXT NOT NULL CHECK (verdict IN ('accept', 'return')),
  why      TEXT NOT NULL CHECK (why <> ''),
  operator TEXT NOT NULL,
  on_day   TEXT NOT NULL,
  source   TEXT NOT NULL -- 'command' or the workbook's name
) STRICT;
CREATE TABLE recheck ( -- a person asked that paid lines be judged again
  id       INTEGER PRIMARY KEY,
  quarter  TEXT NOT NULL,
  why      TEXT NOT NULL CHECK (why <> ''),
  operator TEXT NOT NULL,
  on_day   TEXT NOT NULL
) STRICT;
CREATE INDEX decision_line ON decision (line_id, id);

-- a day of a loan is accepted once, whoever reports it, whenever
CREATE TRIGGER judgement_no_day_twice BEFORE INSERT ON judgement WHEN NEW.outcome = 'accepted' BEGIN
  SELECT RAISE(ABORT, 'a day of this loan is already accepted on another line')
  FROM line a
  JOIN line b ON b.bank = a.bank AND b.contract = a.contract AND b.id <> a.id AND b.live = 1
  JOIN judgement j ON j.line_id = b.id AND j.outcome = 'accepted'
  WHERE a.id = NEW.line_id AND a.live = 1 AND a.from_day <= b.to_day AND b.from_day <= a.to_day;
END;
CREATE TRIGGER judgement_no_day_twice_later BEFORE UPDATE OF outcome, line_id ON judgement WHEN NEW.outcome = 'accepted' BEGIN
  SELECT RAISE(ABORT, 'a day of this loan is already accepted on another line')
  FROM line a
  JOIN line b ON b.bank = a.bank AND b.contract = a.contract AND b.id <> a.id AND b.live = 1
  JOIN judgement j ON j.line_id = b.id AND j.outcome = 'accepted'
  WHERE a.id = NEW.line_id AND a.live = 1 AND a.from_day <= b.to_day AND b.from_day <= a.to_day;
END;
CREATE TRIGGER line_no_day_twice BEFORE UPDATE OF live, bank, contract, from_day, to_day ON line
WHEN NEW.live = 1 AND EXISTS (SELECT 1 FROM judgement WHERE line_id = NEW.id AND outcome = 'accepted') BEGIN
  SELECT RAISE(ABORT, 'a day of this loan is already accepted on another line')
  FROM line b JOIN judgement j ON j.line_id = b.id AND j.outcome = 'accepted'
  WHERE b.bank = NEW.bank AND b.contract = NEW.contract AND b.id <> NEW.id AND b.live = 1
    AND NEW.from_day <= b.to_day AND b.from_day <= NEW.to_day;
END;

-- compute -----------------------------------------------------------------------

CREATE TABLE entitlement ( -- a policy's part of a loan under two policies may be a fen below nil in a share
  quarter    TEXT NOT NULL,
  bank       TEXT NOT NULL,
  contract   TEXT NOT NULL,
  policy     TEXT NOT NULL,
  central    INTEGER NOT NULL,
  provincial INTEGER NOT NULL,
  city       INTEGER NOT NULL,
  county     INTEGER NOT NULL,
  first_line INTEGER NOT NULL REFERENCES line (id), -- the loan's first accepted line, in order of file, sheet, row
  facts      TEXT NOT NULL, -- the loan's own accepted lines, by their facts: tells an own change from a moved tier
  PRIMARY KEY (quarter, bank, contract, policy)
) STRICT, WITHOUT ROWID;

CREATE TABLE entitlement_change ( -- history of the table above, append-only
  stage_id   INTEGER NOT NULL,
  quarter    TEXT NOT NULL,
  bank       TEXT NOT NULL,
  contract   TEXT NOT NULL,
  policy     TEXT NOT NULL,
  central    INTEGER NOT NULL,
  provincial INTEGER NOT NULL,
  city       INTEGER NOT NULL,
  county     INTEGER NOT NULL,
  PRIMARY KEY (quarter, bank, contract, policy, stage_id)
) STRICT, WITHOUT ROWID;

-- publish -----------------------------------------------------------------------

CREATE TABLE notice_list (
  id         INTEGER PRIMARY KEY,
  quarter    TEXT NOT NULL,
  township   TEXT NOT NULL,
  village    TEXT NOT NULL,
  number     INTEGER NOT NULL, -- 0 the first list, 1 补1 …
  state      TEXT NOT NULL CHECK (state IN ('printed', 'posted')),
  posted_on  TEXT NOT NULL,
  payable_on TEXT NOT NULL, -- the day after the notice has run
  UNIQUE (quarter, township, village, number)
) STRICT;

CREATE TABLE notice_item (
  list_id  INTEGER NOT NULL REFERENCES notice_list (id),
  bank     TEXT NOT NULL,
  contract TEXT NOT NULL,
  position INTEGER NOT NULL,
  amount   INTEGER NOT NULL CHECK (amount > 0),
  shown    TEXT NOT NULL DEFAULT '{}', -- JSON: what the list says of the loan besides
  PRIMARY KEY (list_id, bank, contract)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER notice_item_posted_stays BEFORE DELETE ON notice_item
WHEN (SELECT state FROM notice_list WHERE id = OLD.list_id) = 'posted'
BEGIN SELECT RAISE(ABORT, 'a posted list is immutable'); END;
CREATE TRIGGER notice_item_posted_keeps BEFORE UPDATE ON notice_item
WHEN 'posted' IN (SELECT state FROM notice_list WHERE id IN (OLD.list_id, NEW.list_id))
BEGIN SELECT RAISE(ABORT, 'a posted list is immutable'); END;
CREATE TRIGGER notice_item_posted_closed BEFORE INSERT ON notice_item
WHEN (SELECT state FROM notice_list WHERE id = NEW.list_id) = 'posted'
BEGIN SELECT RAISE(ABORT, 'a posted list is immutable'); END;
CREATE TRIGGER notice_list_posted_stays BEFORE DELETE ON notice_list WHEN OLD.state = 'posted'
BEGIN SELECT RAISE(ABORT, 'a posted list is immutable'); END;
CREATE TRIGGER notice_list_posted_keeps BEFORE UPDATE ON notice_list WHEN OLD.state = 'posted' AND NEW.state = 'posted' -- a posting may be taken back
BEGIN SELECT RAISE(ABORT, 'a posted list is immutable'); END;
CREATE TRIGGER notice_list_posted_once BEFORE INSERT ON notice_list
WHEN EXISTS (SELECT 1 FROM notice_list WHERE state = 'posted' AND (id = NEW.id
  OR quarter = NEW.quarter AND township = NEW.township AND village = NEW.village AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'a posted list is immutable'); END;

CREATE TABLE objection (
  id        INTEGER PRIMARY KEY,
  quarter   TEXT NOT NULL,
  township  TEXT NOT NULL,
  village   TEXT NOT NULL,
  name      TEXT NOT NULL,
  person    TEXT NOT NULL,
  why       TEXT NOT NULL,
  raised_on TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'rejected')),
  resolved_on TEXT NOT NULL,
  resolution  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX objection_once ON objection (quarter, township, village, person, why, raised_on);

-- disburse and reconcile ----------------------------------------------------------

CREATE TABLE batch (
  id          INTEGER PRIMARY KEY,
  quarter     TEXT NOT NULL,
  number      INTEGER NOT NULL,
  name        TEXT NOT NULL UNIQUE, -- 2026Q3-01; a number is never used again
  state       TEXT NOT NULL CHECK (state IN ('draft', 'signing', 'approved', 'sent', 'void')), -- signing: some, not all, have approved
  digest      TEXT NOT NULL, -- of its members
  drafted_on  TEXT NOT NULL,
  approved_on TEXT NOT NULL,
  sent_on     TEXT NOT NULL,
  void_why    TEXT NOT NULL,
  UNIQUE (quarter, number)
) STRICT;
CREATE UNIQUE INDEX batch_one_draft ON batch (quarter) WHERE state = 'draft';

CREATE TABLE approval (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  operator TEXT NOT NULL,
  digest   TEXT NOT NULL,
  on_day   TEXT NOT NULL,
  PRIMARY KEY (batch_id, operator)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
  id          INTEGER PRIMARY KEY,
  batch_id    INTEGER NOT NULL REFERENCES batch (id),
  position    INTEGER NOT NULL,
  number      TEXT NOT NULL UNIQUE,
  person      TEXT NOT NULL,
  name        TEXT NOT NULL,
  township    TEXT NOT NULL,
  village     TEXT NOT NULL,
  payout_bank TEXT NOT NULL,
  account     TEXT NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount > 0),
  state       TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'sent', 'paid', 'failed', 'void')),
  reason      TEXT NOT NULL,
  settled_on  TEXT NOT NULL,
  mends       INTEGER NOT NULL, -- the failed payment it pays again, 0 for none
  UNIQUE (batch_id, position),
  UNIQUE (batch_id, person)
) STRICT;
CREATE UNIQUE INDEX payment_mended_once ON payment (mends) WHERE mends <> 0 AND state NOT IN ('failed', 'void');

CREATE TABLE payment_part (
  payment_id INTEGER NOT NULL REFERENCES payment (id),
  quarter    TEXT NOT NULL,
  bank       TEXT NOT NULL,
  contract   TEXT NOT NULL,
  policy     TEXT NOT NULL,
  central    INTEGER NOT NULL,
  provincial INTEGER NOT NULL,
  city       INTEGER NOT NULL,
  county     INTEGER NOT NULL,
  facts      TEXT NOT NULL, -- the loan's own accepted lines when it was drafted
  PRIMARY KEY (payment_id, quarter, bank, contract, policy)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_part_loan ON payment_part (quarter, bank, contract, policy);

CREATE TABLE adjustment ( -- what a person decided about a negative adjustment that the loan did not cause itself
  id         INTEGER PRIMARY KEY,
  quarter    TEXT NOT NULL,
  bank       TEXT NOT NULL,
  contract   TEXT NOT NULL,
  verdict    TEXT NOT NULL CHECK (verdict IN ('recover', 'waive')),
  amount     INTEGER NOT NULL CHECK (amount > 0), -- how much was overpaid when it was decided
  due        INTEGER NOT NULL, -- what the loan was entitled to then; with less, it is to be decided anew
  why        TEXT NOT NULL CHECK (why <> ''),
  operator   TEXT NOT NULL,
  on_day     TEXT NOT NULL
) STRICT;

CREATE TABLE waiver ( -- the shares of waived overpayments, per policy
  adjustment_id INTEGER NOT NULL REFERENCES adjustment (id),
  policy     TEXT NOT NULL,
  central    INTEGER NOT NULL,
  provincial INTEGER NOT NULL,
  city       INTEGER NOT NULL,
  county     INTEGER NOT NULL,
  PRIMARY KEY (adjustment_id, policy)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_row ( -- every row of every return file, whatever became of it
  file_id    INTEGER NOT NULL REFERENCES file (id),
  sheet      TEXT NOT NULL,
  row        INTEGER NOT NULL,
  number     TEXT NOT NULL,
  name       TEXT NOT NULL,
  account    TEXT NOT NULL,
  amount     INTEGER NOT NULL,
  result     TEXT NOT NULL, -- paid, failed, or '' where it could not be read
  reason     TEXT NOT NULL,
  settled_on TEXT NOT NULL,
  verdict    TEXT NOT NULL, -- pending until reconcile has looked at it
  PRIMARY KEY (file_id, sheet, row)
) STRICT;

-- a payment is written once, as a draft, and drawn anew rather than changed;
-- what has left the drafting table stays
CREATE TRIGGER batch_begins_as_draft BEFORE INSERT ON batch
WHEN NEW.state <> 'draft' OR EXISTS (SELECT 1 FROM batch WHERE state <> 'draft'
  AND (id = NEW.id OR name = NEW.name OR quarter = NEW.quarter AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'a batch begins as a draft, under a new number'); END;
CREATE TRIGGER batch_frozen BEFORE UPDATE OF id, quarter, number, name, digest, drafted_on ON batch
BEGIN SELECT RAISE(ABORT, 'a batch is drawn anew, never rewritten'); END;
CREATE TRIGGER batch_kept BEFORE DELETE ON batch WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'an approved batch is frozen'); END;
CREATE TRIGGER batch_state BEFORE UPDATE OF state ON batch
WHEN NOT ((OLD.state = 'draft' AND NEW.state = 'signing')
       OR (OLD.state = 'signing' AND NEW.state IN ('approved', 'void'))
       OR (OLD.state = 'approved' AND NEW.state IN ('sent', 'void'))
       OR OLD.state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'a batch goes draft, signing, approved, sent, and never back'); END;

CREATE TRIGGER payment_begins_as_draft BEFORE INSERT ON payment
WHEN NEW.state <> 'draft' OR (SELECT state FROM batch WHERE id = NEW.batch_id) IS NOT 'draft'
  OR EXISTS (SELECT 1 FROM payment WHERE id = NEW.id AND state <> 'draft')
  OR EXISTS (SELECT 1 FROM payment WHERE number = NEW.number AND state <> 'draft')
  OR NEW.mends <> 0 AND EXISTS (SELECT 1 FROM payment WHERE mends = NEW.mends AND mends <> 0 AND state NOT IN ('failed', 'void') AND state <> 'draft')
BEGIN SELECT RAISE(ABORT, 'a payment begins as a draft, in a draft'); END;
CREATE TRIGGER payment_frozen BEFORE UPDATE OF id, batch_id, position, number, person, name, township, village, payout_bank, account, amount, mends ON payment
BEGIN SELECT RAISE(ABORT, 'a payment is drawn anew, never rewritten'); END;
CREATE TRIGGER payment_settled BEFORE UPDATE OF reason, settled_on ON payment WHEN OLD.state IN ('paid', 'failed', 'void')
BEGIN SELECT RAISE(ABORT, 'the outcome of a payment stays'); END;
CREATE TRIGGER payment_kept BEFORE DELETE ON payment WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'an approved payment is frozen'); END;
CREATE TRIGGER payment_state BEFORE UPDATE OF state ON payment
WHEN NOT ((OLD.state = 'draft' AND NEW.state = 'approved')
       OR (OLD.state = 'approved' AND NEW.state IN ('sent', 'void'))
       OR (OLD.state = 'sent' AND NEW.state IN ('paid', 'failed'))
       OR OLD.state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'a payment goes draft, approved, sent, paid or failed, and never back'); END;
CREATE TRIGGER payment_adds_up BEFORE UPDATE OF state ON payment
WHEN NEW.state = 'approved' AND NEW.amount IS NOT (SELECT sum(central + provincial + city + county) FROM payment_part WHERE payment_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the parts of the payment do not add up to it'); END;

CREATE TRIGGER payment_part_frozen BEFORE UPDATE ON payment_part
BEGIN SELECT RAISE(ABORT, 'a payment is drawn anew, never rewritten'); END;
CREATE TRIGGER payment_part_kept BEFORE DELETE ON payment_part
WHEN (SELECT state FROM payment WHERE id = OLD.payment_id) IS NOT 'draft'
BEGIN SELECT RAISE(ABORT, 'an approved payment is frozen'); END;
CREATE TRIGGER payment_part_closed BEFORE INSERT ON payment_part
WHEN (SELECT state FROM payment WHERE id = NEW.payment_id) IS NOT 'draft'
BEGIN SELECT RAISE(ABORT, 'an approved payment is frozen'); END;

-- live parts of a loan never exceed what it is entitled to
CREATE TRIGGER payment_part_within_entitlement AFTER INSERT ON payment_part
WHEN NEW.central + NEW.provincial + NEW.city + NEW.county > 0 BEGIN
  SELECT RAISE(ABORT, 'more would be paid on this loan than it is entitled to')
  WHERE (SELECT coalesce(sum(p.central + p.provincial + p.city + p.county), 0)
         FROM payment_part p JOIN payment y ON y.id = p.payment_id
         WHERE p.quarter = NEW.quarter AND p.bank = NEW.bank AND p.contract = NEW.contract
           AND y.state NOT IN ('failed', 'void'))
      > (SELECT coalesce(sum(central + provincial + city + county), 0) FROM entitlement
         WHERE quarter = NEW.quarter AND bank = NEW.bank AND contract = NEW.contract)
      + (SELECT coalesce(sum(w.central + w.provincial + w.city + w.county), 0) FROM waiver w JOIN adjustment a ON a.id = w.adjustment_id
         WHERE a.quarter = NEW.quarter AND a.bank = NEW.bank AND a.contract = NEW.contract);
END;

-- history: what was decided, by whom, stays as it was said. INSERT OR REPLACE
-- fires no DELETE trigger, so a key that exists is refused before it comes to that
CREATE TRIGGER decision_never_changes BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER decision_never_vanishes BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER decision_never_replaced BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER recheck_never_changes BEFORE UPDATE ON recheck BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER recheck_never_vanishes BEFORE DELETE ON recheck BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER recheck_never_replaced BEFORE INSERT ON recheck
WHEN EXISTS (SELECT 1 FROM recheck WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER entitlement_change_never_changes BEFORE UPDATE ON entitlement_change BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER entitlement_change_never_vanishes BEFORE DELETE ON entitlement_change BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER entitlement_change_never_replaced BEFORE INSERT ON entitlement_change
WHEN EXISTS (SELECT 1 FROM entitlement_change WHERE quarter = NEW.quarter AND bank = NEW.bank AND contract = NEW.contract AND policy = NEW.policy AND stage_id = NEW.stage_id) BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER approval_never_changes BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER approval_never_vanishes BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER approval_never_replaced BEFORE INSERT ON approval
WHEN EXISTS (SELECT 1 FROM approval WHERE batch_id = NEW.batch_id AND operator = NEW.operator) BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER adjustment_never_changes BEFORE UPDATE ON adjustment BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER adjustment_never_vanishes BEFORE DELETE ON adjustment BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER adjustment_never_replaced BEFORE INSERT ON adjustment
WHEN EXISTS (SELECT 1 FROM adjustment WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER waiver_never_changes BEFORE UPDATE ON waiver BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER waiver_never_vanishes BEFORE DELETE ON waiver BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
CREATE TRIGGER waiver_never_replaced BEFORE INSERT ON waiver
WHEN EXISTS (SELECT 1 FROM waiver WHERE adjustment_id = NEW.adjustment_id AND policy = NEW.policy) BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END;
