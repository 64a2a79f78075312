-- The tables of rasdaemon 0.6.8, with a made-up row in each that has events of ours.
CREATE TABLE mce_record (id INTEGER PRIMARY KEY, timestamp TEXT, mcgcap INTEGER,
  mcgstatus INTEGER, status INTEGER, addr INTEGER, misc INTEGER, ip INTEGER, tsc INTEGER,
  walltime INTEGER, cpu INTEGER, cpuid INTEGER, apicid INTEGER, socketid INTEGER,
  cs INTEGER, bank INTEGER, cpuvendor INTEGER, bank_name TEXT, error_msg TEXT,
  mcgstatus_msg TEXT, mcistatus_msg TEXT, mcastatus_msg TEXT, user_action TEXT,
  mc_location TEXT);
CREATE TABLE extlog_event (id INTEGER PRIMARY KEY, timestamp TEXT, etype INTEGER,
  error_count INTEGER, severity INTEGER, address INTEGER, fru_id BLOB, fru_text TEXT,
  cper_data BLOB);
CREATE TABLE aer_event (id INTEGER PRIMARY KEY, timestamp TEXT, dev_name TEXT,
  err_type TEXT, err_msg TEXT);
CREATE TABLE mc_event (id INTEGER PRIMARY KEY, timestamp TEXT, err_count INTEGER,
  err_type TEXT, err_msg TEXT, label TEXT, mc INTEGER, top_layer INTEGER,
  middle_layer INTEGER, lower_layer INTEGER, address INTEGER, grain INTEGER,
  syndrome INTEGER, driver_detail TEXT);
INSERT INTO mce_record (id, timestamp, mcgcap, mcgstatus, status, addr, misc, ip, tsc,
  walltime, cpu, cpuid, apicid, socketid, cs, bank, cpuvendor, bank_name, error_msg,
  mcgstatus_msg, mcistatus_msg, mcastatus_msg, user_action, mc_location) VALUES
  (1, '2026-09-01 10:00:00 +0200', 16780308, 0, -8358680908399607664, 66760704, 134, 0, 0, 1788220800, 3, 329300, 6, 1, 0, 7, 0, 'bank=7', 'MEMORY CONTROLLER RD_CHANNEL0_ERR', 'mcgstatus=0', 'Corrected_error', '', '', 'memory_channel=0');
INSERT INTO extlog_event (id, timestamp, etype, error_count, severity, address, fru_id,
  fru_text, cper_data) VALUES
  (1, '2026-09-01 10:00:01 +0200', 3, 7, 2, 520192, x'00000000000000000000000000000000', 'DIMM 3', x'000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO aer_event (id, timestamp, dev_name, err_type, err_msg) VALUES
  (1, '2026-09-01 10:00:02 +0200', '0000:01:00.0', 'Uncorrected (Fatal)', 'Completion Timeout');
INSERT INTO mc_event (id, timestamp, err_count, err_type, err_msg, label, mc, top_layer,
  middle_layer, lower_layer, address, grain, syndrome, driver_detail) VALUES
  (1, '2026-09-01 10:00:03 +0200', 3, 'Corrected', 'memory read error', 'DIMM_A1', 0, 1, 2, -1, 4886716416, 12, 0, 'APEI location: node:0 card:0');
