-- The tables of rasdaemon 0.8.3, with a made-up row in each that has events of ours.
-- signal_event is of 0.8.4.
CREATE TABLE cxl_memory_module_event (id INTEGER PRIMARY KEY, timestamp TEXT,
  memdev TEXT, host TEXT, serial INTEGER, log_type TEXT, hdr_uuid TEXT,
  hdr_flags INTEGER, hdr_handle INTEGER, hdr_related_handle INTEGER, hdr_ts TEXT,
  hdr_length INTEGER, hdr_maint_op_class INTEGER, hdr_maint_op_sub_class INTEGER,
  event_type INTEGER, health_status INTEGER, media_status INTEGER, life_used INTEGER,
  dirty_shutdown_cnt INTEGER, cor_vol_err_cnt INTEGER, cor_per_err_cnt INTEGER,
  device_temp INTEGER, add_status INTEGER, event_sub_type INTEGER, comp_id BLOB,
  pldm_entity_id BLOB, pldm_resource_id BLOB);
CREATE TABLE cxl_dram_event (id INTEGER PRIMARY KEY, timestamp TEXT, memdev TEXT,
  host TEXT, serial INTEGER, log_type TEXT, hdr_uuid TEXT, hdr_flags INTEGER,
  hdr_handle INTEGER, hdr_related_handle INTEGER, hdr_ts TEXT, hdr_length INTEGER,
  hdr_maint_op_class INTEGER, hdr_maint_op_sub_class INTEGER, dpa INTEGER,
  dpa_flags INTEGER, descriptor INTEGER, type INTEGER, transaction_type INTEGER,
  channel INTEGER, rank INTEGER, nibble_mask INTEGER, bank_group INTEGER, bank INTEGER,
  row INTEGER, "column" INTEGER, cor_mask BLOB, hpa INTEGER, region TEXT,
  region_uuid TEXT, comp_id BLOB, pldm_entity_id BLOB, pldm_resource_id BLOB,
  sub_type INTEGER, sub_channel INTEGER, cme_threshold_ev_flags INTEGER,
  cvme_count INTEGER);
CREATE TABLE cxl_general_media_event (id INTEGER PRIMARY KEY, timestamp TEXT,
  memdev TEXT, host TEXT, serial INTEGER, log_type TEXT, hdr_uuid TEXT,
  hdr_flags INTEGER, hdr_handle INTEGER, hdr_related_handle INTEGER, hdr_ts TEXT,
  hdr_length INTEGER, hdr_maint_op_class INTEGER, hdr_maint_op_sub_class INTEGER,
  dpa INTEGER, dpa_flags INTEGER, descriptor INTEGER, type INTEGER,
  transaction_type INTEGER, channel INTEGER, rank INTEGER, device INTEGER, comp_id BLOB,
  hpa INTEGER, region TEXT, region_uuid TEXT, pldm_entity_id BLOB, pldm_resource_id BLOB,
  sub_type INTEGER, cme_threshold_ev_flags INTEGER, cme_count INTEGER);
CREATE TABLE cxl_generic_event (id INTEGER PRIMARY KEY, timestamp TEXT, memdev TEXT,
  host TEXT, serial INTEGER, log_type TEXT, hdr_uuid TEXT, hdr_flags INTEGER,
  hdr_handle INTEGER, hdr_related_handle INTEGER, hdr_ts TEXT, hdr_length INTEGER,
  hdr_maint_op_class INTEGER, hdr_maint_op_sub_class INTEGER, data BLOB);
CREATE TABLE cxl_overflow_event (id INTEGER PRIMARY KEY, timestamp TEXT, memdev TEXT,
  host TEXT, serial INTEGER, log_type TEXT, count INTEGER, first_ts TEXT, last_ts TEXT);
CREATE TABLE cxl_aer_ce_event (id INTEGER PRIMARY KEY, timestamp TEXT, memdev TEXT,
  host TEXT, serial INTEGER, error_status INTEGER);
CREATE TABLE cxl_aer_ue_event (id INTEGER PRIMARY KEY, timestamp TEXT, memdev TEXT,
  host TEXT, serial INTEGER, error_status INTEGER, first_error INTEGER,
  header_log BLOB);
CREATE TABLE cxl_poison_event (id INTEGER PRIMARY KEY, timestamp TEXT, memdev TEXT,
  host TEXT, serial INTEGER, trace_type TEXT, region TEXT, region_uuid TEXT, hpa INTEGER,
  dpa INTEGER, dpa_length INTEGER, source TEXT, flags INTEGER, overflow_ts TEXT);
CREATE TABLE memory_failure_event (id INTEGER PRIMARY KEY, timestamp TEXT, pfn TEXT,
  page_type TEXT, action_result TEXT);
CREATE TABLE disk_errors (id INTEGER PRIMARY KEY, timestamp TEXT, dev TEXT,
  sector INTEGER, nr_sector INTEGER, error TEXT, rwbs TEXT, cmd TEXT);
CREATE TABLE devlink_event (id INTEGER PRIMARY KEY, timestamp TEXT, bus_name TEXT,
  dev_name TEXT, driver_name TEXT, reporter_name TEXT, msg TEXT);
CREATE TABLE mce_record (id INTEGER PRIMARY KEY, timestamp TEXT, mcgcap INTEGER,
  mcgstatus INTEGER, status INTEGER, addr INTEGER, misc INTEGER, ip INTEGER, tsc INTEGER,
  walltime INTEGER, ppin INTEGER, cpu INTEGER, cpuid INTEGER, apicid INTEGER,
  socketid INTEGER, cs INTEGER, bank INTEGER, cpuvendor INTEGER, microcode INTEGER,
  bank_name TEXT, error_msg TEXT, mcgstatus_msg TEXT, mcistatus_msg TEXT,
  mcastatus_msg TEXT, user_action TEXT, mc_location TEXT);
CREATE TABLE extlog_event (id INTEGER PRIMARY KEY, timestamp TEXT, etype INTEGER,
  error_count INTEGER, severity INTEGER, address INTEGER, fru_id BLOB, fru_text TEXT,
  cper_data BLOB);
CREATE TABLE arm_event (id INTEGER PRIMARY KEY, timestamp TEXT, error_count INTEGER,
  affinity INTEGER, mpidr INTEGER, running_state INTEGER, psci_state INTEGER,
  err_info BLOB, context_info BLOB, vendor_info BLOB, error_type TEXT, error_flags TEXT,
  error_info INTEGER, virt_fault_addr INTEGER, phy_fault_addr INTEGER);
CREATE TABLE non_standard_event (id INTEGER PRIMARY KEY, timestamp TEXT, sec_type BLOB,
  fru_id BLOB, fru_text TEXT, severity TEXT, error BLOB);
CREATE TABLE aer_event (id INTEGER PRIMARY KEY, timestamp TEXT, dev_name TEXT,
  err_type TEXT, err_msg TEXT);
CREATE TABLE mc_event (id INTEGER PRIMARY KEY, timestamp TEXT, err_count INTEGER,
  err_type TEXT, err_msg TEXT, label TEXT, mc INTEGER, top_layer INTEGER,
  middle_layer INTEGER, lower_layer INTEGER, address INTEGER, grain INTEGER,
  syndrome INTEGER, driver_detail TEXT);
CREATE TABLE hip08_pcie_local_event_v2 (id INTEGER PRIMARY KEY, timestamp TEXT,
  version INTEGER, soc_id INTEGER, socket_id INTEGER, nimbus_id INTEGER,
  sub_module_id TEXT, core_id INTEGER, port_id INTEGER, err_severity TEXT,
  err_type INTEGER, regs_dump TEXT);
CREATE TABLE hip08_oem_type2_event_v2 (id INTEGER PRIMARY KEY, timestamp TEXT,
  version INTEGER, soc_id INTEGER, socket_id INTEGER, nimbus_id INTEGER, module_id TEXT,
  sub_module_id TEXT, err_severity TEXT, regs_dump TEXT);
CREATE TABLE hip08_oem_type1_event_v2 (id INTEGER PRIMARY KEY, timestamp TEXT,
  version INTEGER, soc_id INTEGER, socket_id INTEGER, nimbus_id INTEGER, module_id TEXT,
  sub_module_id TEXT, err_severity TEXT, regs_dump TEXT);
CREATE TABLE hisi_common_section_v2 (id INTEGER PRIMARY KEY, timestamp TEXT,
  version INTEGER, soc_id INTEGER, socket_id INTEGER, totem_id INTEGER,
  nimbus_id INTEGER, sub_system_id INTEGER, module_id TEXT, sub_module_id INTEGER,
  core_id INTEGER, port_id INTEGER, err_type INTEGER, pcie_info TEXT, err_severity TEXT,
  regs_dump TEXT);
CREATE TABLE yitian_ddr_reg_dump_event (id INTEGER PRIMARY KEY, timestamp TEXT,
  address INTEGER, regs_dump TEXT);
CREATE TABLE jm_payload0_event (id INTEGER PRIMARY KEY, timestamp TEXT, version INTEGER,
  soc_id INTEGER, subsystem TEXT, module TEXT, module_id INTEGER, sub_module TEXT,
  submodule_id INTEGER, dev TEXT, dev_id INTEGER, err_type INTEGER, err_severity TEXT,
  regs_dump TEXT);
CREATE TABLE signal_event (id INTEGER PRIMARY KEY, timestamp TEXT, sig INTEGER,
  errorno INTEGER, code INTEGER, comm TEXT, pid INTEGER, grp INTEGER, res INTEGER);
INSERT INTO cxl_memory_module_event (id, timestamp, memdev, host, serial, log_type,
  hdr_uuid, hdr_flags, hdr_handle, hdr_related_handle, hdr_ts, hdr_length,
  hdr_maint_op_class, hdr_maint_op_sub_class, event_type, health_status, media_status,
  life_used, dirty_shutdown_cnt, cor_vol_err_cnt, cor_per_err_cnt, device_temp,
  add_status, event_sub_type, comp_id) VALUES
  (1, '2026-09-01 10:00:00 +0200', 'mem0', '0000:0f:00.0', 4660, 'Failure', '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624', 0, 1, 0, '2026-09-01 10:00:05 +0200', 128, 0, 0, 1, 4, 0, 10, 1, 2, 3, 40, 0, 0, x'00000000000000000000000000000000');
INSERT INTO cxl_dram_event (id, timestamp, memdev, host, serial, log_type, hdr_uuid,
  hdr_flags, hdr_handle, hdr_related_handle, hdr_ts, hdr_length, hdr_maint_op_class,
  hdr_maint_op_sub_class, dpa, dpa_flags, descriptor, type, transaction_type, channel,
  rank, nibble_mask, bank_group, bank, row, "column", cor_mask, hpa, region,
  region_uuid, comp_id) VALUES
  (1, '2026-09-01 10:00:01 +0200', 'mem0', '0000:0f:00.0', 4660, 'Failure', '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624', 0, 1, 0, '2026-09-01 10:00:05 +0200', 128, 0, 0, 4096, 0, 1, 0, 1, 1, 0, 15, 1, 2, 77, 5, x'00112233', -1, '', '00000000-0000-0000-0000-000000000000', x'00000000000000000000000000000000');
INSERT INTO cxl_general_media_event (id, timestamp, memdev, host, serial, log_type,
  hdr_uuid, hdr_flags, hdr_handle, hdr_related_handle, hdr_ts, hdr_length,
  hdr_maint_op_class, hdr_maint_op_sub_class, dpa, dpa_flags, descriptor, type,
  transaction_type, channel, rank, device, comp_id, hpa, region, region_uuid) VALUES
  (1, '2026-09-01 10:00:02 +0200', 'mem0', '0000:0f:00.0', 4660, 'Failure', '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624', 0, 1, 0, '2026-09-01 10:00:05 +0200', 128, 0, 0, 4096, 0, 1, 0, 1, 1, 0, 3, x'00000000000000000000000000000000', -1, '', '00000000-0000-0000-0000-000000000000');
INSERT INTO cxl_generic_event (id, timestamp, memdev, host, serial, log_type, hdr_uuid,
  hdr_flags, hdr_handle, hdr_related_handle, hdr_ts, hdr_length, hdr_maint_op_class,
  hdr_maint_op_sub_class, data) VALUES
  (1, '2026-09-01 10:00:03 +0200', 'mem0', '0000:0f:00.0', 4660, 'Failure', '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624', 0, 1, 0, '2026-09-01 10:00:05 +0200', 128, 0, 0, x'0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO cxl_overflow_event (id, timestamp, memdev, host, serial, log_type, count,
  first_ts, last_ts) VALUES
  (1, '2026-09-01 10:00:04 +0200', 'mem0', '0000:0f:00.0', 4660, 'Failure', 5, '1970-01-01 00:00:00', '2026-09-01 09:59:59 +0200');
INSERT INTO cxl_aer_ce_event (id, timestamp, memdev, host, serial, error_status) VALUES
  (1, '2026-09-01 10:00:05 +0200', 'mem0', '0000:0f:00.0', 4660, 2);
INSERT INTO cxl_aer_ue_event (id, timestamp, memdev, host, serial, error_status,
  first_error, header_log) VALUES
  (1, '2026-09-01 10:00:06 +0200', 'mem0', '0000:0f:00.0', 4660, 2, 2, x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f');
INSERT INTO cxl_poison_event (id, timestamp, memdev, host, serial, trace_type, region,
  region_uuid, hpa, dpa, dpa_length, source, flags, overflow_ts) VALUES
  (1, '2026-09-01 10:00:07 +0200', 'mem0', '0000:0f:00.0', 4660, 'List', '', '00000000-0000-0000-0000-000000000000', -1, 4096, 64, 'Injected', 0, '1970-01-01 00:00:00');
INSERT INTO memory_failure_event (id, timestamp, pfn, page_type, action_result) VALUES
  (1, '2026-09-01 10:00:08 +0200', '0x1a2b', 'dirty LRU page', 'Recovered');
INSERT INTO disk_errors (id, timestamp, dev, sector, nr_sector, error, rwbs, cmd) VALUES
  (1, '2026-09-01 10:00:09 +0200', '0:2048', 12345, 8, 'critical medium error', 'RA', '');
INSERT INTO devlink_event (id, timestamp, bus_name, dev_name, driver_name,
  reporter_name, msg) VALUES
  (1, '2026-09-01 10:00:10 +0200', 'pci', '0000:03:00.0', 'mlx5_core', 'fw', 'health compromised');
INSERT INTO devlink_event VALUES
  (2, '2026-09-01 10:00:11 +0200', '', 'eth0', 'e1000e', '', 'TX timeout on queue: 3
');
INSERT INTO mce_record (id, timestamp, mcgcap, mcgstatus, status, addr, misc, ip, tsc,
  walltime, ppin, cpu, cpuid, apicid, socketid, cs, bank, cpuvendor, microcode,
  bank_name, error_msg, mcgstatus_msg, mcistatus_msg, mcastatus_msg, user_action,
  mc_location) VALUES
  (1, '2026-09-01 10:00:12 +0200', 16780308, 0, -8358680908399607664, 66760704, 134, 0, 0, 1788220800, 5, 3, 329300, 6, 1, 0, 7, 0, 33581318, 'bank=7', 'MEMORY CONTROLLER RD_CHANNEL0_ERR', 'mcgstatus=0', 'Corrected_error', '', '', 'memory_channel=0');
INSERT INTO extlog_event (id, timestamp, etype, error_count, severity, address, fru_id,
  fru_text, cper_data) VALUES
  (1, '2026-09-01 10:00:13 +0200', 3, 7, 2, 520192, x'00000000000000000000000000000000', 'DIMM 3', x'000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO arm_event (id, timestamp, error_count, affinity, mpidr, running_state,
  psci_state, err_info, context_info, vendor_info, error_type, error_flags, error_info,
  virt_fault_addr, phy_fault_addr) VALUES
  (1, '2026-09-01 10:00:14 +0200', 1, -1, 2164260864, 1, -1, x'00201e000000000101000000000000000000ffff000000000050341200000000', x'', x'', 'cache', 'first', 1, 4294901760, 305418240);
INSERT INTO non_standard_event (id, timestamp, sec_type, fru_id, fru_text, severity,
  error) VALUES
  (1, '2026-09-01 10:00:15 +0200', x'a1b2c3d4e5f60718293a4b5c6d7e8f903f', x'00000000000000000000000000000000', 'Main board', 'Fatal', x'7768617420697420776173');
INSERT INTO aer_event (id, timestamp, dev_name, err_type, err_msg) VALUES
  (1, '2026-09-01 10:00:16 +0200', '0000:01:00.0', 'Uncorrected (Fatal)', 'Completion Timeout');
INSERT INTO mc_event (id, timestamp, err_count, err_type, err_msg, label, mc, top_layer,
  middle_layer, lower_layer, address, grain, syndrome, driver_detail) VALUES
  (1, '2026-09-01 10:00:17 +0200', 3, 'Corrected', 'memory read error', 'DIMM_A1', 0, 1, 2, -1, 4886716416, 12, 0, 'APEI location: node:0 card:0');
INSERT INTO hip08_oem_type1_event_v2 (id, timestamp, version, module_id, err_severity)
  VALUES
  (1, '2026-09-01 10:00:18 +0200', 1, 'MN', 'corrected');
INSERT INTO signal_event (id, timestamp, sig, errorno, code, comm, pid, grp, res) VALUES
  (1, '2026-09-01 10:00:19 +0200', 7, 0, 4, 'postgres', 4711, 0, 0);
