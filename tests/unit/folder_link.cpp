/// Linked with all of one folder of src/, and with what that folder may use: a call to
/// anything else is an undefined reference.
int main()
{
}
