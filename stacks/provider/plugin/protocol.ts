import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

/**
 * The gRPC services of a plugin, ready for a server or a client: Terraform's provider protocol 6 and what every plugin of
 * HashiCorp's go-plugin serves beside it. Names are as in the messages, in camel case.
 */
export function protocolDefinition(): PackageDefinition {
  const root = new protobuf.Root();
  for (const text of [providerProtocol, pluginProtocol, healthProtocol]) protobuf.parse(text, root);
  root.resolveAll();
  return fromJSON(root.toJSON() as Parameters<typeof fromJSON>[0], {
    longs: Number,
    enums: Number,
    defaults: true,
    arrays: true,
    objects: true,
  });
}

/**
 * Names and field numbers that Terraform 1.0 and newer sends and reads (plugin protocol 6); functions, ephemeral resources,
 * identities and moves between types are left out, as nothing here has them: asking for those is answered UNIMPLEMENTED.
 */
const providerProtocol = `
syntax = "proto3";
package tfplugin6;

service Provider {
  rpc GetProviderSchema(Empty) returns (GetProviderSchemaResponse);
  rpc ValidateProviderConfig(ConfigRequest) returns (ValidateProviderConfigResponse);
  rpc ValidateResourceConfig(TypedConfigRequest) returns (DiagnosticsResponse);
  rpc ValidateDataResourceConfig(TypedConfigRequest) returns (DiagnosticsResponse);
  rpc UpgradeResourceState(UpgradeResourceStateRequest) returns (UpgradeResourceStateResponse);
  rpc ConfigureProvider(ConfigureProviderRequest) returns (DiagnosticsResponse);
  rpc ReadResource(ReadResourceRequest) returns (ReadResourceResponse);
  rpc PlanResourceChange(PlanResourceChangeRequest) returns (PlanResourceChangeResponse);
  rpc ApplyResourceChange(ApplyResourceChangeRequest) returns (ApplyResourceChangeResponse);
  rpc ImportResourceState(ImportResourceStateRequest) returns (ImportResourceStateResponse);
  rpc ReadDataSource(ReadDataSourceRequest) returns (ReadDataSourceResponse);
  rpc StopProvider(Empty) returns (StopProviderResponse);
}

message Empty {}
message DynamicValue { bytes msgpack = 1; bytes json = 2; }
message RawState { bytes json = 1; map<string, string> flatmap = 2; }
message PathStep {
  oneof selector { string attribute_name = 1; string element_key_string = 2; int64 element_key_int = 3; }
}
message AttributePath { repeated PathStep steps = 1; }
message Diagnostic { int32 severity = 1; string summary = 2; string detail = 3; AttributePath attribute = 4; }
message ClientCapabilities { bool deferral_allowed = 1; bool write_only_attributes_allowed = 2; }
message ServerCapabilities { bool plan_destroy = 1; bool get_provider_schema_optional = 2; bool move_resource_state = 3; }
message Deferred { int32 reason = 1; }

message Schema { int64 version = 1; Block block = 2; }
message Block {
  int64 version = 1;
  repeated Attribute attributes = 2;
  repeated NestedBlock block_types = 3;
  string description = 4;
  int32 description_kind = 5;
  bool deprecated = 6;
}
message Attribute {
  string name = 1;
  bytes type = 2;
  string description = 3;
  bool required = 4;
  bool optional = 5;
  bool computed = 6;
  bool sensitive = 7;
  int32 description_kind = 8;
  bool deprecated = 9;
  NestedType nested_type = 10;
}
message NestedType { repeated Attribute attributes = 1; int32 nesting = 3; }
message NestedBlock { string type_name = 1; Block block = 2; int32 nesting = 3; int64 min_items = 4; int64 max_items = 5; }

message GetProviderSchemaResponse {
  Schema provider = 1;
  map<string, Schema> resource_schemas = 2;
  map<string, Schema> data_source_schemas = 3;
  repeated Diagnostic diagnostics = 4;
  ServerCapabilities server_capabilities = 6;
}
message ConfigRequest { DynamicValue config = 1; }
message ValidateProviderConfigResponse { repeated Diagnostic diagnostics = 2; }
message TypedConfigRequest { string type_name = 1; DynamicValue config = 2; }
message DiagnosticsResponse { repeated Diagnostic diagnostics = 1; }
message UpgradeResourceStateRequest { string type_name = 1; int64 version = 2; RawState raw_state = 3; }
message UpgradeResourceStateResponse { DynamicValue upgraded_state = 1; repeated Diagnostic diagnostics = 2; }
message ConfigureProviderRequest {
  string terraform_version = 1;
  DynamicValue config = 2;
  ClientCapabilities client_capabilities = 3;
}
message ReadResourceRequest {
  string type_name = 1;
  DynamicValue current_state = 2;
  bytes private = 3;
  ClientCapabilities client_capabilities = 5;
}
message ReadResourceResponse {
  DynamicValue new_state = 1;
  repeated Diagnostic diagnostics = 2;
  bytes private = 3;
  Deferred deferred = 4;
}
message PlanResourceChangeRequest {
  string type_name = 1;
  DynamicValue prior_state = 2;
  DynamicValue proposed_new_state = 3;
  DynamicValue config = 4;
  bytes prior_private = 5;
  ClientCapabilities client_capabilities = 7;
}
message PlanResourceChangeResponse {
  DynamicValue planned_state = 1;
  repeated AttributePath requires_replace = 2;
  bytes planned_private = 3;
  repeated Diagnostic diagnostics = 4;
}
message ApplyResourceChangeRequest {
  string type_name = 1;
  DynamicValue prior_state = 2;
  DynamicValue planned_state = 3;
  DynamicValue config = 4;
  bytes planned_private = 5;
}
message ApplyResourceChangeResponse { DynamicValue new_state = 1; bytes private = 2; repeated Diagnostic diagnostics = 3; }
message ImportResourceStateRequest { string type_name = 1; string id = 2; ClientCapabilities client_capabilities = 3; }
message ImportedResource { string type_name = 1; DynamicValue state = 2; bytes private = 3; }
message ImportResourceStateResponse {
  repeated ImportedResource imported_resources = 1;
  repeated Diagnostic diagnostics = 2;
  Deferred deferred = 3;
}
message ReadDataSourceRequest {
  string type_name = 1;
  DynamicValue config = 2;
  ClientCapabilities client_capabilities = 4;
}
message ReadDataSourceResponse { DynamicValue state = 1; repeated Diagnostic diagnostics = 2; Deferred deferred = 3; }
message StopProviderResponse { string error = 1; }
`;

/** go-plugin asks the plugin to end through the controller, and listens for what it prints through the stream. */
const pluginProtocol = `
syntax = "proto3";
package plugin;

service GRPCController { rpc Shutdown(Empty) returns (Empty); }
service GRPCStdio { rpc StreamStdio(Empty) returns (stream StdioData); }

message Empty {}
message StdioData { int32 channel = 1; bytes data = 2; }
`;

/** The standard health check of gRPC, as far as go-plugin asks for it. */
const healthProtocol = `
syntax = "proto3";
package grpc.health.v1;

service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }

message HealthCheckRequest { string service = 1; }
message HealthCheckResponse { int32 status = 1; }
`;
