-- Accounts (people, across practices), their memberships, grants and sessions.
--
-- All of it is owner-only: the server works on it through the definer functions of the gate. Grants and
-- sessions carry a MAC under the practice's key, sign-in codes under the installation's, which this database
-- does not hold, so a row written here by hand is refused at admission and at sign-in.
create table postern.account (
  account_id uuid not null primary key,
  email_token bigint not null unique,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);

-- The version counts changes of an account's grants in a practice: an admission worked out from an older
-- version is refused, so a revocation cannot be overtaken.
create table postern.membership (
  practice_id uuid not null,
  account_id uuid not null,
  version bigint not null default 1,
  primary key (practice_id, account_id)
);

-- given_under: the giver's own grants that let him give this one, where he needed any; it ends with them.
create table postern.access_grant (
  practice_id uuid not null,
  grant_id uuid not null,
  account_id uuid not null,
  role text not null,
  chart_id uuid,
  sections integer not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  granted_by uuid not null,
  given_under uuid[] not null default '{}',
  reason bytea,
  mac bytea not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (practice_id, grant_id)
);
create index access_grant_account on postern.access_grant (practice_id, account_id) where ended_at is null;
create index access_grant_chart on postern.access_grant (practice_id, chart_id) where ended_at is null;

create table postern.session (
  practice_id uuid not null,
  session_hash bytea not null check (octet_length(session_hash) = 32),
  account_id uuid not null,
  system_role text,
  purpose text not null,
  client text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  mac bytea not null,
  ended_at timestamptz,
  primary key (practice_id, session_hash)
);
create index session_account on postern.session (practice_id, account_id) where ended_at is null;

-- One-time sign-in codes, by the hash of the code; the MAC is under the installation's key.
create table postern.signin_code (
  code_hash bytea not null primary key,
  account_id uuid not null,
  expires_at timestamptz not null,
  mac bytea not null
);

alter table postern.account enable row level security;
alter table postern.account force row level security;
create policy owner_only on postern.account to current_user using (true) with check (true);
alter table postern.membership enable row level security;
alter table postern.membership force row level security;
create policy owner_only on postern.membership to current_user using (true) with check (true);
alter table postern.access_grant enable row level security;
alter table postern.access_grant force row level security;
create policy owner_only on postern.access_grant to current_user using (true) with check (true);
alter table postern.session enable row level security;
alter table postern.session force row level security;
create policy owner_only on postern.session to current_user using (true) with check (true);
alter table postern.signin_code enable row level security;
alter table postern.signin_code force row level security;
create policy owner_only on postern.signin_code to current_user using (true) with check (true);
