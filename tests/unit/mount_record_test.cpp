#include "host/mount_record.hpp"

#include "text_case.hpp"

#include <limits>

namespace left4me {
namespace {

const auto name = InstanceName::parse("coop1").value();

MountRecord example()
{
    return {{64769, 11},
            {{"competitive/base", 3, {64769, 12}},
             {"installation", 1, {std::numeric_limits<std::uint64_t>::max(), 13}}}};
}

TEST(MountRecord, RoundTrips)
{
    const auto text = format_mount_record(name, example());
    const auto record = parse_mount_record(text);
    ASSERT_THAT(record, Succeeds());
    EXPECT_EQ(*record, example());
    EXPECT_EQ(format_mount_record(name, *record), text);
}

TEST(MountRecord, IsJsonForPeopleToo)
{
    const auto text = format_mount_record(name, {{1, 2}, {{"installation", 1, {3, 4}}}});
    EXPECT_EQ(text, R"({
  "instance": "coop1",
  "configuration": {
    "device": 1,
    "inode": 2
  },
  "layers": [
    {
      "ref": "installation",
      "version": 1,
      "device": 3,
      "inode": 4
    }
  ]
}
)");
}

TEST(MountRecord, IsNamedByItsInstance)
{
    EXPECT_EQ(mount_record_name(name), "coop1.json");
}

class BadRecord : public testing::TestWithParam<TextCase> {};
TEST_P(BadRecord, IsBadData)
{
    const auto parsed = parse_mount_record(GetParam().text);
    ASSERT_THAT(parsed, FailsWith(ExitStatus::bad_data, "not a mount record"));
    EXPECT_EQ(parsed.error().message, escaped(parsed.error().message));
}
const std::string configuration = R"("configuration":{"device":1,"inode":2})";
std::string with_layers(const std::string& layers)
{
    return "{" + configuration + ",\"layers\":" + layers + "}";
}
INSTANTIATE_TEST_SUITE_P(
    MountRecord, BadRecord,
    testing::Values(
        TextCase{"control_bytes", "{\"\x1b[31m\xff"}, TextCase{"empty", ""},
        TextCase{"cut", "{\"instance\": \"coop1\","}, TextCase{"list", "[]"}, TextCase{"scalar", "1"},
        TextCase{"null", "null"}, TextCase{"empty_object", "{}"},
        TextCase{"no_layers", "{" + configuration + "}"},
        TextCase{"no_configuration", R"({"layers":[]})"}, TextCase{"layers_null", with_layers("null")},
        TextCase{"layers_text", with_layers("\"a\"")}, TextCase{"layers_empty", with_layers("[]")},
        TextCase{"layers_object",
                 with_layers(R"({"a":{"ref":"installation","version":1,"device":1,"inode":1}})")},
        TextCase{"layer_is_number", with_layers("[1]")},
        TextCase{"layer_without_ref", with_layers(R"([{"version":1,"device":1,"inode":1}])")},
        TextCase{"ref_is_number", with_layers(R"([{"ref":1,"version":1,"device":1,"inode":1}])")},
        TextCase{"ref_outside",
                 with_layers(R"([{"ref":"../a","version":1,"device":1,"inode":1},)"
                             R"({"ref":"installation","version":1,"device":1,"inode":1}])")},
        TextCase{"installation_missing",
                 with_layers(R"([{"ref":"a","version":1,"device":1,"inode":1}])")},
        TextCase{"inode_negative",
                 with_layers(R"([{"ref":"installation","version":1,"device":1,"inode":-1}])")},
        TextCase{"inode_fraction",
                 with_layers(R"([{"ref":"installation","version":1,"device":1,"inode":1.5}])")},
        TextCase{"inode_text",
                 with_layers(R"([{"ref":"installation","version":1,"device":1,"inode":"1"}])")},
        TextCase{"version_missing", with_layers(R"([{"ref":"installation","device":1,"inode":1}])")},
        TextCase{"invalid_utf8", "{\"\xff\":1}"}, TextCase{"trailing_text", with_layers("[]") + "x"},
        TextCase{"deep", std::string(100'000, '[')}),
    NameOfCase());

} // namespace
} // namespace left4me
