-- Loan books (贷款台账): what a bank says its loans stand at on a day, beside the
-- statement of their interest. No money is paid on them: the monitoring of a
-- quarter reads them (三(六)). Rows are only ever added; a newer book takes the
-- place of an older one, whole.

CREATE TABLE loan_book (
  id          INTEGER PRIMARY KEY,
  digest      TEXT NOT NULL, -- of the file's bytes
  name        TEXT NOT NULL, -- in the inbox
  bank        TEXT NOT NULL CHECK (bank <> ''),
  quarter     TEXT NOT NULL,
  as_of       TEXT NOT NULL CHECK (as_of <> ''), -- the figures are those at the end of this day
  size        INTEGER NOT NULL,
  reading     TEXT NOT NULL, -- digest of the settings it was read with
  correction  INTEGER NOT NULL CHECK (correction IN (0, 1)),
  loans       INTEGER NOT NULL CHECK (loans > 0),     -- what its rows come to
  balance     INTEGER NOT NULL CHECK (balance >= 0),
  state       TEXT NOT NULL CHECK (state IN ('live', 'replaced')),
  replaced_by INTEGER REFERENCES loan_book (id) DEFERRABLE INITIALLY DEFERRED,
  read_on     TEXT NOT NULL,
  CHECK ((state = 'replaced') = (replaced_by IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX loan_book_live ON loan_book (digest) WHERE state = 'live';

CREATE TABLE loan_book_sheet (
  book_id  INTEGER NOT NULL REFERENCES loan_book (id),
  position INTEGER NOT NULL, -- in the book, from 0
  name     TEXT NOT NULL,
  columns  TEXT NOT NULL, -- JSON: the column letters of each field
  extended TEXT NOT NULL, -- JSON: those of rows whose maturity is the extension's
  PRIMARY KEY (book_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_loan (
  book_id   INTEGER NOT NULL REFERENCES loan_book (id),
  position  INTEGER NOT NULL,
  row       INTEGER NOT NULL,
  contract  TEXT NOT NULL CHECK (contract <> ''),
  tranche   TEXT NOT NULL,
  borrower  TEXT NOT NULL,
  person    TEXT NOT NULL,
  balance   INTEGER NOT NULL CHECK (balance >= 0),
  amount    INTEGER NOT NULL CHECK (amount >= 0), -- 0 where the book does not say
  rate      TEXT NOT NULL,
  disbursed TEXT NOT NULL CHECK (disbursed <> ''),
  matures   TEXT NOT NULL CHECK (matures > disbursed),
  overdue   INTEGER NOT NULL CHECK (overdue IN (0, 1)),
  class     TEXT NOT NULL CHECK (class IN ('', '正常', '关注', '次级', '可疑', '损失')),
  renewals  INTEGER NOT NULL CHECK (renewals >= 0),
  product   TEXT NOT NULL,
  township  TEXT NOT NULL,
  village   TEXT NOT NULL,
  given     INTEGER NOT NULL, -- bit set of the fields the row filled
  extended  INTEGER NOT NULL CHECK (extended IN (0, 1)), -- its maturity stands in the column of extensions
  PRIMARY KEY (book_id, position, row),
  UNIQUE (book_id, contract, tranche),
  FOREIGN KEY (book_id, position) REFERENCES loan_book_sheet (book_id, position),
  CHECK (amount = 0 OR balance <= amount)
) STRICT, WITHOUT ROWID;
CREATE INDEX book_loan_contract ON book_loan (contract, tranche);

-- a book is live, then replaced, and never anything else

CREATE TRIGGER loan_book_added_once BEFORE INSERT ON loan_book -- INSERT OR REPLACE fires no DELETE trigger
WHEN NEW.state <> 'live' OR EXISTS (SELECT 1 FROM loan_book WHERE id = NEW.id OR digest = NEW.digest AND state = 'live')
BEGIN SELECT RAISE(ABORT, 'a loan book begins live, and once'); END;
CREATE TRIGGER loan_book_stays BEFORE UPDATE OF id, digest, name, bank, quarter, as_of, size, reading, correction, loans, balance, read_on ON loan_book
BEGIN SELECT RAISE(ABORT, 'a loan book stays as it came'); END;
CREATE TRIGGER loan_book_replaced_once BEFORE UPDATE ON loan_book WHEN OLD.state <> 'live'
BEGIN SELECT RAISE(ABORT, 'a loan book is replaced once'); END;
CREATE TRIGGER loan_book_kept BEFORE DELETE ON loan_book BEGIN SELECT RAISE(ABORT, 'a loan book stays'); END;
CREATE TRIGGER loan_book_sheet_stays BEFORE UPDATE ON loan_book_sheet BEGIN SELECT RAISE(ABORT, 'a loan book stays as it came'); END;
CREATE TRIGGER loan_book_sheet_kept BEFORE DELETE ON loan_book_sheet BEGIN SELECT RAISE(ABORT, 'a loan book stays'); END;
CREATE TRIGGER loan_book_sheet_added_once BEFORE INSERT ON loan_book_sheet
WHEN EXISTS (SELECT 1 FROM loan_book_sheet WHERE book_id = NEW.book_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a loan book stays as it came'); END;
CREATE TRIGGER book_loan_stays BEFORE UPDATE ON book_loan BEGIN SELECT RAISE(ABORT, 'a loan book stays as it came'); END;
CREATE TRIGGER book_loan_kept BEFORE DELETE ON book_loan BEGIN SELECT RAISE(ABORT, 'a loan book stays'); END;

CREATE TRIGGER book_loan_added_once BEFORE INSERT ON book_loan
WHEN (SELECT state FROM loan_book WHERE id = NEW.book_id) IS NOT 'live' OR EXISTS (SELECT 1 FROM book_loan
  WHERE book_id = NEW.book_id AND (position = NEW.position AND row = NEW.row OR contract = NEW.contract AND tranche = NEW.tranche))
BEGIN SELECT RAISE(ABORT, 'a loan book stays as it came'); END;

-- a loan counts once: in one live book of its bank and quarter

CREATE TRIGGER book_loan_counts_once BEFORE INSERT ON book_loan
WHEN EXISTS (SELECT 1 FROM book_loan x JOIN loan_book other ON other.id = x.book_id JOIN loan_book own ON own.id = NEW.book_id
  WHERE x.contract = NEW.contract AND (x.tranche = NEW.tranche OR x.tranche = '' OR NEW.tranche = '')
  AND other.state = 'live' AND other.bank = own.bank AND other.quarter = own.quarter)
BEGIN SELECT RAISE(ABORT, 'the loan is in a live book already'); END;
