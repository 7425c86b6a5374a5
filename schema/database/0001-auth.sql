-- Accounts and sessions: the tables of better-auth under our names. It generates the ids and writes every column; the
-- constraints are ours.

create table users (
  id             text primary key,
  name           text not null check (char_length(name) between 1 and 100),
  -- Stored in lower case, so that the unique index is case-insensitive and serves the look-up at sign-in.
  email          text not null unique check (email = lower(email) and char_length(email) <= 254),
  email_verified boolean not null default false,
  image          text,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now()
);
create index users_name on users (lower(name) text_pattern_ops);

create table sessions (
  id         text primary key,
  "user"     text not null references users on delete cascade,
  token      text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sessions_user on sessions ("user");
create index sessions_expires_at on sessions (expires_at);

-- How a user proves who they are: one row for the password, one for each outside provider.
create table accounts (
  id                       text primary key,
  "user"                   text not null references users on delete cascade,
  provider                 text not null,
  provider_account         text not null,
  password                 text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  created_at               timestamptz not null default now(),
  updated_at               timestamptz not null default now(),
  unique (provider, provider_account)
);
create index accounts_user on accounts ("user");

-- Short-lived secrets sent to somebody: password resets, e-mail confirmations.
create table verifications (
  id         text primary key,
  identifier text not null,
  value      text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verifications_identifier on verifications (identifier);

-- Keys that sign JWTs. The private half is encrypted with AUTH_SECRET.
create table jwks (
  id          text primary key,
  public_key  text not null,
  private_key text not null,
  alg         text,
  crv         text,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz
);
