#include "support.hpp"

namespace {

class Installation : public testing::Environment {
    void SetUp() override { left4me::test::install_stand_in(); }
};

} // namespace

int main(int argc, char* argv[])
{
    testing::InitGoogleTest(&argc, argv);
    testing::AddGlobalTestEnvironment(new Installation);
    return RUN_ALL_TESTS();
}
