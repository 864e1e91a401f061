"""The service room: all input and output of Tingyin."""
