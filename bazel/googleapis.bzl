"""The vendored protos of google/api and google/rpc that users' protos import, each with what it imports itself."""

GOOGLEAPIS = {
    "google/api/annotations": [
        ":http_proto",
        "@com_google_protobuf//:descriptor_proto",
    ],
    "google/api/client": [
        ":launch_stage_proto",
        "@com_google_protobuf//:descriptor_proto",
        "@com_google_protobuf//:duration_proto",
    ],
    "google/api/field_behavior": ["@com_google_protobuf//:descriptor_proto"],
    "google/api/field_info": ["@com_google_protobuf//:descriptor_proto"],
    "google/api/http": [],
    "google/api/httpbody": ["@com_google_protobuf//:any_proto"],
    "google/api/launch_stage": [],
    "google/api/resource": ["@com_google_protobuf//:descriptor_proto"],
    "google/api/routing": ["@com_google_protobuf//:descriptor_proto"],
    "google/api/visibility": ["@com_google_protobuf//:descriptor_proto"],
    "google/rpc/code": [],
    "google/rpc/error_details": ["@com_google_protobuf//:duration_proto"],
    "google/rpc/status": ["@com_google_protobuf//:any_proto"],
}

def googleapis_target(path):
    """The name of the proto_library of `path`."""
    return path.split("/")[-1] + "_proto"
