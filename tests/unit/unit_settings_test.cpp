#include "doctor/unit_settings.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(UnitFileText, IsReadAsSystemdReadsIt)
{
    EXPECT_THAT(parse_unit_file("# comment=1\n"
                                "[Unit]\n"
                                "Description = a = b \n"
                                "\n"
                                "[Service]\r\n"
                                "; other=1\n"
                                "ExecStart=a \\\n"
                                "# within=1\n"
                                "  b\n"
                                "no setting\n"
                                "PrivateTmp=\n"
                                "User=last"),
                ElementsAre(UnitSetting{"Unit", "Description", "a = b"},
                            UnitSetting{"Service", "ExecStart", "a  b"},
                            UnitSetting{"Service", "PrivateTmp", ""},
                            UnitSetting{"Service", "User", "last"}));
}

TEST(UnitFileText, MayEndAnywhere)
{
    EXPECT_THAT(parse_unit_file(""), IsEmpty());
    EXPECT_THAT(parse_unit_file("[Service"), IsEmpty());
    EXPECT_THAT(parse_unit_file("[Service]\nA=b\\"), ElementsAre(UnitSetting{"Service", "A", "b\\"}));
}

const UnitFile shipped = {"/usr/x.service", parse_unit_file("[Unit]\n"
                                                            "Requires=y.service\n"
                                                            "[Service]\n"
                                                            "User=left4me\n"
                                                            "PrivatePIDs=yes\n"
                                                            "CapabilityBoundingSet=\n"
                                                            "MemoryMax=2G\n"
                                                            "SystemCallFilter=@system-service\n"
                                                            "SystemCallFilter=~@mount\n"
                                                            "SocketBindDeny=tcp:1-26999\n"
                                                            "IPAddressDeny=any\n"
                                                            "IPAddressAllow=localhost\n")};

std::vector<UnitChange> with_drop_in(const std::string& text)
{
    return changes_of(shipped, shipped, {{"/etc/d.conf", parse_unit_file(text)}});
}

auto is(Effect effect, const std::string& key)
{
    return AllOf(Field(&UnitChange::effect, effect), Field(&UnitChange::key, key),
                 Field(&UnitChange::path, "/etc/d.conf"));
}

class HarmlessDropIn : public testing::TestWithParam<TextCase> {};
TEST_P(HarmlessDropIn, IsNoChange)
{
    EXPECT_THAT(with_drop_in(GetParam().text), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(
    Units, HarmlessDropIn,
    testing::Values(TextCase{"empty", ""}, TextCase{"tunables", "[Service]\nMemoryMax=4G\nNice=0\n"},
                    TextCase{"cpus", "[Slice]\nAllowedCPUs=2-7\n"},
                    TextCase{"same_value", "[Service]\nUser=left4me\n"},
                    TextCase{"other_word_for_yes", "[Service]\nPrivatePIDs=true\n"},
                    TextCase{"reset_of_an_empty_list", "[Service]\nCapabilityBoundingSet=\n"},
                    TextCase{"the_same_list_anew", "[Service]\nSystemCallFilter=\n"
                                                   "SystemCallFilter=@system-service\n"
                                                   "SystemCallFilter=~@mount\n"},
                    TextCase{"dependencies", "[Unit]\nAfter=z.service\n"},
                    TextCase{"other_section", "[Install]\nPrivatePIDs=no\n"}),
    NameOfCase());

struct ChangeCase {
    std::string name;
    std::string text;
    std::string key;
    Effect effect;
};
void PrintTo(const ChangeCase& row, std::ostream* out)
{
    *out << row.name;
}

class ChangingDropIn : public testing::TestWithParam<ChangeCase> {};
TEST_P(ChangingDropIn, IsNamed)
{
    EXPECT_THAT(with_drop_in(GetParam().text), ElementsAre(is(GetParam().effect, GetParam().key)));
}
INSTANTIATE_TEST_SUITE_P(
    Units, ChangingDropIn,
    testing::Values(
        ChangeCase{"switched_off", "[Service]\nPrivatePIDs=no\n", "PrivatePIDs", Effect::weakens},
        ChangeCase{"other_user", "[Service]\nUser=root\n", "User", Effect::weakens},
        ChangeCase{"capability", "[Service]\nCapabilityBoundingSet=CAP_SYS_ADMIN\n",
                   "CapabilityBoundingSet", Effect::weakens},
        // Allowed again, after the denial.
        ChangeCase{"list_goes_on", "[Service]\nSystemCallFilter=@system-service\n", "SystemCallFilter",
                   Effect::weakens},
        ChangeCase{"list_reset", "[Service]\nSystemCallFilter=\n", "SystemCallFilter", Effect::weakens},
        ChangeCase{"denials_reset", "[Service]\nIPAddressDeny=\n", "IPAddressDeny", Effect::weakens},
        ChangeCase{"lan", "[Service]\nIPAddressAllow=192.168.1.0/24\n", "IPAddressAllow",
                   Effect::documented},
        ChangeCase{"everywhere", "[Service]\nIPAddressAllow=10.0.0.0/8 any\n", "IPAddressAllow",
                   Effect::weakens},
        ChangeCase{"every_ipv4", "[Service]\nIPAddressAllow=0.0.0.0/0\n", "IPAddressAllow",
                   Effect::weakens},
        ChangeCase{"every_ipv6", "[Service]\nIPAddressAllow=::/0\n", "IPAddressAllow", Effect::weakens},
        ChangeCase{"everywhere_by_the_slice", "[Slice]\nIPAddressAllow=any\n", "IPAddressAllow",
                   Effect::weakens},
        ChangeCase{"more_ports", "[Service]\nSocketBindDeny=\nSocketBindDeny=tcp:1-25999\n",
                   "SocketBindDeny", Effect::documented},
        ChangeCase{"all_ports", "[Service]\nSocketBindDeny=\n", "SocketBindDeny", Effect::weakens},
        ChangeCase{"program_as_root", "[Service]\nExecStartPre=+/bin/sh\n", "ExecStartPre",
                   Effect::weakens},
        ChangeCase{"preloads", "[Service]\nEnvironmentFile=/var/lib/x\n", "EnvironmentFile",
                   Effect::weakens},
        ChangeCase{"joined", "[Unit]\nJoinsNamespaceOf=z.service\n", "JoinsNamespaceOf",
                   Effect::weakens},
        ChangeCase{"unknown", "[Service]\nSystemCallLog=@mount\n", "SystemCallLog", Effect::unknown}),
    [](const auto& row) { return row.param.name; });

TEST(Units, SayWhatTheFileAndThePackageHave)
{
    const auto changes = with_drop_in("[Service]\nSystemCallFilter=\nSystemCallFilter=@mount\n");
    EXPECT_THAT(changes, ElementsAre(UnitChange{"/etc/d.conf", "SystemCallFilter", "@mount",
                                                "@system-service ~@mount", Effect::weakens}));
}

TEST(Units, ALaterDropInMayMendAnEarlierOne)
{
    const UnitFile off = {"/etc/a.conf", parse_unit_file("[Service]\nSystemCallFilter=\n")};
    const UnitFile back = {"/etc/b.conf", parse_unit_file("[Service]\nSystemCallFilter=@system-service\n"
                                                          "SystemCallFilter=~@mount\n")};
    EXPECT_THAT(changes_of(shipped, shipped, {off, back}), IsEmpty());
    EXPECT_EQ(changes_of(shipped, shipped, {back, off}).size(), 2U);
}

TEST(Units, AReplacedFileIsComparedAsAWhole)
{
    const UnitFile replaced = {"/etc/d.conf", parse_unit_file("[Service]\n"
                                                              "User=root\n"
                                                              "CapabilityBoundingSet=\n"
                                                              "SystemCallFilter=@system-service\n"
                                                              "SystemCallFilter=~@mount\n"
                                                              "SocketBindDeny=tcp:1-26999\n"
                                                              "IPAddressAllow=localhost\n"
                                                              "IPAddressDeny=any\n")};
    EXPECT_THAT(changes_of(shipped, replaced, {}),
                ElementsAre(is(Effect::weakens, "PrivatePIDs"), is(Effect::weakens, "User")));
    EXPECT_THAT(changes_of(shipped, shipped, {}), IsEmpty());
}

} // namespace
} // namespace left4me
