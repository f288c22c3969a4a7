#pragma once

#include "host/host.hpp"
#include "model/build_run.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace left4me {

// l4d2ctl overlay VERB: what is done with layers.

struct LayerListRequest {
    bool json;
};
struct LayerShowRequest {
    LayerRef ref;
    bool json;
};
struct LayerCreateRequest {
    LayerRef ref;
};
struct LayerBuildRequest {
    LayerRef ref;
    std::string file; ///< the script; "-" is standard input
    BuildAbi abi;
    bool daily; ///< and each day from now on
};
struct LayerRefreshRequest {
    std::vector<LayerRef> refs; ///< none: all that are made anew daily
};
struct LayerForgetRequest {
    LayerRef ref;
};
struct LayerImportRequest {
    LayerRef ref;
    std::string file; ///< an archive, a .vpk or a directory
};
struct LayerDeleteRequest {
    LayerRef ref;
};
struct LayerHistoryRequest {
    LayerRef ref;
    bool json;
};
struct LayerRollbackRequest {
    LayerRef ref;
    std::optional<std::uint64_t> version; ///< none: the newest that is kept
};

using LayerRequest =
    std::variant<LayerListRequest, LayerShowRequest, LayerCreateRequest, LayerBuildRequest,
                 LayerRefreshRequest, LayerForgetRequest, LayerImportRequest, LayerDeleteRequest,
                 LayerHistoryRequest, LayerRollbackRequest>;

/// The group's part of l4d2ctl's command line.
class OverlayVerbs {
public:
    /// Adds the group; both live until the request has been taken.
    explicit OverlayVerbs(CLI::App& app);

    [[nodiscard]] bool chosen() const { return group_->parsed(); }
    [[nodiscard]] Result<LayerRequest> request() const;

private:
    CLI::App* group_;
    std::string ref_;
    std::string file_;
    bool json_ = false;
    bool multiarch_ = false;
    bool daily_ = false;
    std::vector<std::string> refs_;
    std::uint64_t version_ = 0;
};

/// Opens the file that the request names, as the caller, who may be root and may read
/// what user left4me may not. None for a request that names none.
Result<FileDescriptor> open_file_of(const LayerRequest& request);

/// As user left4me; file is what open_file_of returned. The status to end with.
Result<int> run_layer_request(const Host& host, const LayerRequest& request, const FileDescriptor& file);

} // namespace left4me
