-- The risk compensation fund (四(四)): what banks claim, what the fund takes in,
-- pays and gets back. Its balance is the sum of its entries, to date and at any
-- day before. Rows are only ever added; a claim is decided once.

CREATE TABLE fund_claim (
  id           INTEGER PRIMARY KEY,
  digest       TEXT NOT NULL, -- of the bank's file, and where the claim stands in it
  file         TEXT NOT NULL,
  sheet        TEXT NOT NULL,
  row          INTEGER NOT NULL,
  bank         TEXT NOT NULL,
  contract     TEXT NOT NULL,
  borrower     TEXT NOT NULL,
  ground       TEXT NOT NULL CHECK (ground IN ('death', 'illness', 'disaster', 'failure')),
  overdue_from TEXT NOT NULL,
  loss         INTEGER NOT NULL,
  amount       INTEGER NOT NULL CHECK (amount > 0 AND amount <= loss), -- what of the loss is shared 7 : 3
  bad_rate     TEXT NOT NULL, -- percent: the bank's, of these loans
  overall_rate TEXT NOT NULL, -- percent: the bank's, of all its loans
  received_on  TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'paid', 'refused')),
  why          TEXT NOT NULL, -- of the decision, '' while it waits
  decided_by   TEXT NOT NULL,
  decided_on   TEXT NOT NULL,
  CHECK (state = 'waiting' OR why <> '' AND decided_by <> '' AND decided_on <> ''),
  UNIQUE (digest, sheet, row)
) STRICT;
CREATE UNIQUE INDEX fund_claim_once ON fund_claim (bank, contract) WHERE state <> 'refused';

CREATE TABLE fund_entry (
  id        INTEGER PRIMARY KEY,
  on_day    TEXT NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('opening', 'deposit', 'interest', 'compensation', 'recovery', 'reversal')),
  amount    INTEGER NOT NULL, -- what it adds to the fund
  bank_part INTEGER NOT NULL, -- the bank's three tenths beside it, of the same sign
  claim_id  INTEGER REFERENCES fund_claim (id), -- of compensations, recoveries and their reversals
  reverses  INTEGER REFERENCES fund_entry (id),
  digest    TEXT NOT NULL, -- of the file a recovery comes from, and where it stands in it
  sheet     TEXT NOT NULL,
  row       INTEGER NOT NULL,
  note      TEXT NOT NULL,
  operator  TEXT NOT NULL,
  entered_on TEXT NOT NULL,
  CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
  CHECK (kind = 'reversal' OR (kind IN ('compensation', 'recovery')) = (claim_id IS NOT NULL)),
  CHECK (claim_id IS NOT NULL OR bank_part = 0 AND amount <> 0),
  CHECK (CASE kind WHEN 'compensation' THEN amount <= 0 AND bank_part < 0 WHEN 'reversal' THEN amount <= 0 AND bank_part <= 0
    ELSE amount >= 0 AND bank_part >= 0 AND amount + bank_part > 0 END)
) STRICT;
CREATE UNIQUE INDEX fund_entry_one_opening ON fund_entry (kind) WHERE kind = 'opening';
CREATE UNIQUE INDEX fund_entry_one_compensation ON fund_entry (claim_id) WHERE kind = 'compensation';
CREATE UNIQUE INDEX fund_entry_one_reversal ON fund_entry (reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX fund_entry_one_recovery ON fund_entry (digest, sheet, row) WHERE kind = 'recovery';

CREATE TABLE fund_returned ( -- rows of banks' sheets that could not be taken, as the bank wrote them
  digest      TEXT NOT NULL,
  file        TEXT NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('claim', 'recovery')),
  bank        TEXT NOT NULL,
  contract    TEXT NOT NULL,
  borrower    TEXT NOT NULL,
  amount      INTEGER NOT NULL, -- 0 where the row cannot be read
  reason      TEXT NOT NULL CHECK (reason <> ''),
  received_on TEXT NOT NULL,
  PRIMARY KEY (digest, sheet, row, reason)
) STRICT, WITHOUT ROWID;

-- append-only

CREATE TRIGGER fund_entry_never_changes BEFORE UPDATE ON fund_entry BEGIN SELECT RAISE(ABORT, 'the fund''s entries are append-only'); END;
CREATE TRIGGER fund_entry_never_shrinks BEFORE DELETE ON fund_entry BEGIN SELECT RAISE(ABORT, 'the fund''s entries are append-only'); END;
CREATE TRIGGER fund_returned_never_changes BEFORE UPDATE ON fund_returned BEGIN SELECT RAISE(ABORT, 'what was returned stays'); END;
CREATE TRIGGER fund_returned_never_shrinks BEFORE DELETE ON fund_returned BEGIN SELECT RAISE(ABORT, 'what was returned stays'); END;
CREATE TRIGGER fund_claim_never_shrinks BEFORE DELETE ON fund_claim BEGIN SELECT RAISE(ABORT, 'a claim stays'); END;
CREATE TRIGGER fund_claim_stays BEFORE UPDATE OF id, digest, file, sheet, row, bank, contract, borrower, ground, overdue_from, loss, amount,
  bad_rate, overall_rate, received_on ON fund_claim BEGIN SELECT RAISE(ABORT, 'a claim stays as it came'); END;
CREATE TRIGGER fund_claim_decided_once BEFORE UPDATE ON fund_claim WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'a claim is decided once'); END;
CREATE TRIGGER fund_claim_begins_waiting BEFORE INSERT ON fund_claim -- INSERT OR REPLACE fires no DELETE trigger
WHEN NEW.state <> 'waiting' OR EXISTS (SELECT 1 FROM fund_claim WHERE id = NEW.id OR digest = NEW.digest AND sheet = NEW.sheet AND row = NEW.row
  OR bank = NEW.bank AND contract = NEW.contract AND state <> 'refused')
BEGIN SELECT RAISE(ABORT, 'a loan is claimed once, and a claim begins waiting'); END;
CREATE TRIGGER fund_entry_added_once BEFORE INSERT ON fund_entry
WHEN EXISTS (SELECT 1 FROM fund_entry WHERE id = NEW.id OR kind = 'opening' AND NEW.kind = 'opening' OR reverses = NEW.reverses
  OR kind = 'compensation' AND NEW.kind = 'compensation' AND claim_id = NEW.claim_id
  OR kind = 'recovery' AND NEW.kind = 'recovery' AND digest = NEW.digest AND sheet = NEW.sheet AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'the fund has this entry already'); END;
CREATE TRIGGER fund_returned_added_once BEFORE INSERT ON fund_returned
WHEN EXISTS (SELECT 1 FROM fund_returned WHERE digest = NEW.digest AND sheet = NEW.sheet AND row = NEW.row AND reason = NEW.reason)
BEGIN SELECT RAISE(ABORT, 'what was returned stays'); END;

-- the sums

CREATE TRIGGER fund_entry_after_opening AFTER INSERT ON fund_entry
WHEN NOT EXISTS (SELECT 1 FROM fund_entry WHERE kind = 'opening' AND on_day <= NEW.on_day)
BEGIN SELECT RAISE(ABORT, 'there was no fund on that day'); END;
CREATE TRIGGER fund_entry_never_overdrawn AFTER INSERT ON fund_entry
WHEN EXISTS (SELECT 1 FROM (SELECT sum(amount) OVER (ORDER BY on_day, id) AS balance FROM fund_entry) WHERE balance < 0)
BEGIN SELECT RAISE(ABORT, 'the fund''s balance would be negative'); END;
CREATE TRIGGER fund_entry_pays_seven_tenths AFTER INSERT ON fund_entry
WHEN NEW.kind = 'compensation' AND NOT EXISTS (SELECT 1 FROM fund_claim WHERE id = NEW.claim_id AND state = 'waiting'
  AND NEW.amount = -(amount * 7 / 10) AND NEW.bank_part = amount * 7 / 10 - amount)
BEGIN SELECT RAISE(ABORT, 'a waiting claim is paid 7 : 3, the bank takes the rounding'); END;
CREATE TRIGGER fund_claim_paid_by_its_entry BEFORE UPDATE ON fund_claim
WHEN NEW.state <> 'waiting' AND (NEW.state = 'paid') <> EXISTS (SELECT 1 FROM fund_entry WHERE claim_id = NEW.id AND kind = 'compensation' AND on_day = NEW.decided_on)
BEGIN SELECT RAISE(ABORT, 'a claim is paid by its entry'); END;
CREATE TRIGGER fund_entry_gets_back_seven_tenths AFTER INSERT ON fund_entry
WHEN NEW.claim_id IS NOT NULL AND NEW.kind <> 'compensation' AND NOT EXISTS (
  SELECT 1 FROM (SELECT sum(amount) AS fund, sum(amount + bank_part) AS whole FROM fund_entry WHERE claim_id = NEW.claim_id AND kind <> 'compensation')
  JOIN fund_claim c ON c.id = NEW.claim_id AND c.state = 'paid' AND c.decided_on <= NEW.on_day
  WHERE whole BETWEEN 0 AND c.amount AND fund = whole * 7 / 10)
BEGIN SELECT RAISE(ABORT, 'recoveries go back 7 : 3, never more than was paid'); END;
CREATE TRIGGER fund_entry_reverses_what_it_says AFTER INSERT ON fund_entry
WHEN NEW.kind = 'reversal' AND NOT EXISTS (SELECT 1 FROM fund_entry WHERE id = NEW.reverses AND kind IN ('deposit', 'interest', 'recovery', 'opening')
  AND claim_id IS NEW.claim_id AND amount + bank_part = -(NEW.amount + NEW.bank_part))
BEGIN SELECT RAISE(ABORT, 'a reversal takes back one entry, whole'); END;
