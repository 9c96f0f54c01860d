"""The arithmetic: plain Python engines that know no Django, no network, no database and no clock."""
